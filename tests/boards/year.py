#!/usr/bin/env python3
"""How long every board takes to open a year of a city: fills a real InfluxDB 1.x with the windows of many assets, then asks what Grafana asks.

Usage: tests/boards/year.py [--assets 1000] [--days 365] [--spans 1d,1h,15m,1m] [--folder DIR]     with --folder the filled database stays there for the next time.
No timed test: a table to read. Only the series and fields that boards read are written; InfluxDB keeps each field of a series by itself, so that the others would not be touched anyway.
"""
import argparse, concurrent.futures, glob, json, os, random, re, shutil, socket, subprocess, sys, tempfile, time, urllib.parse, urllib.request

HOUR, QUARTER = 3_600_000, 900_000
HERE = os.path.dirname(os.path.abspath(__file__))
KINDS = {  # share of assets, and which fields of which measurand
    'meter': (0.70, {'activePower': 'mean,max,completeness,quality', 'energyImport': 'delta,last', 'energyExport': 'delta,last', 'voltage.l1': 'mean,max'}),
    'solar': (0.15, {'activePower': 'mean,max,completeness', 'dcPower': 'mean', 'energyProduced': 'delta,yield', 'irradiance': 'mean', 'moduleTemperature': 'mean', 'ambientTemperature': 'mean', 'deviceTemperature': 'mean'}),
    'building': (0.10, {'co2': 'mean,max,completeness', 'ambientTemperature': 'mean', 'humidity': 'mean', 'occupancy': 'mean'}),
    'feeder': (0.04, {'activePower': 'mean,min,max,completeness', 'energyImport': 'delta', 'voltage.l1': 'min,max', 'voltage.l2': 'min,max', 'voltage.l3': 'min,max', 'powerFactor': 'mean'}),
    'transformer': (0.01, {'activePower': 'mean,min,max,completeness', 'energyImport': 'delta', 'energyExport': 'delta', 'loading': 'max', 'voltage.l1': 'min,max'}),
}
SITES = ['gate', 'growing', 'golden', 'green']


class Database:
    def __init__(self, folder):
        self.port, rpc = free(), free()
        path = os.path.join(folder, 'influxdb.conf')
        with open(path, 'w') as f:
            f.write(f'''reporting-disabled = true
bind-address = "127.0.0.1:{rpc}"
[meta]
  dir = "{folder}/meta"
[data]
  dir = "{folder}/data"
  wal-dir = "{folder}/wal"
  index-version = "tsi1"
  max-series-per-database = 0
  max-values-per-tag = 0
[monitor]
  store-enabled = false
[http]
  bind-address = "127.0.0.1:{self.port}"
  log-enabled = false
''')
        self.process = subprocess.Popen([shutil.which('influxd') or '/usr/bin/influxd', '-config', path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(600):
            try:
                urllib.request.urlopen(f'http://127.0.0.1:{self.port}/ping')
                return
            except OSError:
                time.sleep(0.1)
        sys.exit('influxd does not start')

    def query(self, q, db=''):
        data = urllib.parse.urlencode({'q': q}).encode()
        with urllib.request.urlopen(f'http://127.0.0.1:{self.port}/query?db={db}&epoch=ms', data) as answer:
            result = json.load(answer)['results'][0]
        if 'error' in result:
            sys.exit(f'{q}: {result["error"]}')
        return result.get('series', [])

    def write(self, db, lines):
        urllib.request.urlopen(f'http://127.0.0.1:{self.port}/write?db={db}&precision=ms', '\n'.join(lines).encode()).read()

    def cpu(self):
        with open(f'/proc/{self.process.pid}/stat') as f:
            fields = f.read().rsplit(')', 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')

    def stop(self):
        self.process.terminate()
        self.process.wait()


def free():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def fill(database, assets, days, now, spans):
    """A year of days and 1h windows, a week of 15m windows, a day of 1m windows; a few alarms an asset; the platform's own account of the last day."""
    chance = random.Random(5)
    pool = [f'{v:.1f}' for v in (chance.uniform(0.1, 5000) for _ in range(20_000))]
    for name, shard in (('telemetry_1m', '168h'), ('telemetry_15m', '720h'), ('telemetry_1h', '8736h'), ('telemetry_1d', '8736h'), ('telemetry_alarms', '8736h')):
        database.query(f'CREATE DATABASE "{name}" WITH DURATION INF REPLICATION 1 SHARD DURATION {shard} NAME "autogen"')
    written, began = 0, time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(3) as threads:
        waiting = set()
        for span, step, length in (('1d', 24 * HOUR, days * 24 * HOUR), ('15m', QUARTER, 7 * 24 * HOUR), ('1m', 60_000, 24 * HOUR), ('1h', HOUR, days * 24 * HOUR)):
            if span not in spans:
                continue
            times = [f' {t}' for t in range((now - length) // step * step, now // step * step, step)]
            number = 0
            for kind, (share, measurands) in KINDS.items():
                for _ in range(max(1, round(share * assets))):
                    number += 1
                    # Four sites of a district, and as many as the city needs: a hundred assets each.
                    site = SITES[number % 4] if assets <= 400 else f'{SITES[number % 4]}-{number % (assets // 100)}'
                    for measurand, fields in measurands.items():
                        # Of most meters boards read the energy alone; the other measurands only of the one that was chosen.
                        if kind == 'meter' and number > 20 and measurand != 'energyImport':
                            continue
                        head = f'window,asset={kind}-{number:05d},kind={kind},measurand={measurand},site={site},span={span} '
                        at = chance.randrange(len(pool))
                        names = fields.split(',')
                        lines = []
                        for t in times:
                            at = (at + 1) % 20_000
                            v = pool[at]
                            lines.append(head + ','.join([n + '=' + ('0.9' if n == 'completeness' else '0' if n == 'quality' else v) for n in names]) + t)
                        written += len(lines)
                        waiting.add(threads.submit(database.write, 'telemetry_' + span, lines))
                        if len(waiting) > 6:
                            done, waiting = concurrent.futures.wait(waiting, return_when=concurrent.futures.FIRST_COMPLETED)
                            [d.result() for d in done]
            [w.result() for w in waiting]
            waiting.clear()
            print(f'{span}: {written:,} windows written up to now, {written / (time.monotonic() - began):,.0f} a second', flush=True)
    lines = []
    for n in range(assets * 10):
        t = now - chance.randrange(days * 24 * HOUR)
        severity = chance.choice(['low', 'medium', 'high', 'critical'])
        for state in ('unacknowledged', 'normal'):
            lines.append(f'alarm,site={chance.choice(SITES)},asset=meter-{n % assets:05d},rule={chance.choice(["overvoltage", "device-silent", "co2-high"])},severity={severity},fromState=normal,toState={state} state=1,raisedAt={t},value=1,alarmId="a{n}",title="Voltage",by="",why="" {t}')
            t += 60_000
    database.write('telemetry_alarms', lines)
    lines = []
    for t in range(now - 24 * HOUR, now, 60_000):
        lines.append(f'ledger,route=mqtt received={t % 1000000},stored=1,duplicate=0,quarantined=0,waiting=0,unaccounted=0 {t}')
        lines += [f'platform,site={s} site_load_watts=1,site_generation_watts=1,site_net_import_watts=1,site_assets_reporting=1,site_latitude_degrees=43.5,site_longitude_degrees=77 {t}' for s in SITES]
        lines += [f'platform,severity={s} alarms_open=1 {t}' for s in ('low', 'medium', 'high', 'critical')]
        lines += [f'platform,state={s} alarms_in_state=1 {t}' for s in ('unacknowledged', 'acknowledged', 'shelved')]
        lines += [f'platform,figure={s} alarm_quality=1 {t}' for s in ('stale', 'floods')]
        if t % 300_000 < 60_000:
            lines += [f'asset,site={SITES[n % 4]},asset=meter-{n:05d},kind=meter latitude=43.5,longitude=77,alarms={n % 2},age=5 {t}' for n in range(assets)]
    for i in range(0, len(lines), 20_000):
        database.write('telemetry_1m', lines[i:i + 20_000])


def fill_buildings(database, assets, days, now):
    """A building for every ten rooms, by its hours."""
    for n in range(max(1, round(assets * KINDS['building'][0] / 10))):
        database.write('telemetry_1h', [f'topology,level=building,kind=meter,measurand=energyImport,node={SITES[n % 4]}/building-{n:03d},span=1h sum=1200,perArea=0.5 {t}' for t in range((now - days * 24 * HOUR) // HOUR * HOUR, now // HOUR * HOUR, HOUR)])


def fill_sites(database, days, now, spans):
    """What the platform sums by site, beside the windows."""
    chance = random.Random(6)
    for span, step, length in (('1d', 24 * HOUR, days * 24 * HOUR), ('1h', HOUR, days * 24 * HOUR), ('15m', QUARTER, 7 * 24 * HOUR)):
        if span not in spans:
            continue
        sites = [row[1] for row in database.query('SHOW TAG VALUES FROM "window" WITH KEY = "site"', 'telemetry_' + span)[0]['values']]
        for site in sites:
            lines = []
            for kind, (_, measurands) in KINDS.items():
                for measurand in measurands:
                    if measurand == 'activePower' or measurand.startswith('energy'):
                        lines += [f'site,site={site},kind={kind},measurand={measurand},span={span} mean={chance.randrange(100)},positive={chance.randrange(100)},delta={chance.randrange(100)},completeness=22.5,judged=25,assets=25 {t}' for t in range((now - length) // step * step, now // step * step, step)]
            for i in range(0, len(lines), 10_000):
                database.write('telemetry_' + span, lines[i:i + 10_000])


def targets(board):
    for panel in board['panels']:
        for target in panel['targets']:
            yield panel, target


def sent(query, start, end, interval, site, asset):
    words = {'comfortFrom': '20', 'comfortTo': '24', 'timeFilter': f'time >= {start}ms and time <= {end}ms', '__interval': interval, 'site': site, 'asset': asset}
    return re.sub(r'\$(\w+)', lambda m: words.get(m[1], m[0]), query)


def measure(database, now, days, span):
    total = []
    interval = {'1d': '1d', '1h': '12h' if days > 100 else '1h', '15m': '15m'}[span]
    for file in sorted(glob.glob(os.path.join(HERE, '../../dashboards/boards/*/*.json'))):
        with open(file) as f:
            board = json.load(f)
        if board['uid'] == 'alatau-platform':
            continue
        site, asset = {'alatau-feeder': ('.*', 'feeder-00960'), 'alatau-meter': ('.*', 'meter-00003')}.get(board['uid'], ('.*', '.*'))

        def ask(panel, target):
            db = 'telemetry_' + span if target['datasource']['uid'] == '${span}' else target['datasource']['uid'].replace('alatau-', 'telemetry_')
            hours = {'1h': 1, '3h': 3, '24h': 24, 'now/d': 24, '7d': min(days, 7) * 24}.get(panel.get('timeFrom'), days * 24)
            started = time.monotonic()
            step = '15m' if panel.get('timeFrom') == '24h' else '1d' if 'maxDataPoints' in panel and days > 100 else '30m' if 'maxDataPoints' in panel and days == 7 else interval
            series = database.query(sent(target['query'], now - hours * HOUR, now, step, site, asset), db)
            return time.monotonic() - started, sum(len(s['values']) for s in series)

        rows = []
        for panel, target in targets(board):
            rows.append((*ask(panel, target), panel['title'], target['refId']))
        started, worked = time.monotonic(), database.cpu()
        with concurrent.futures.ThreadPoolExecutor(6) as threads:
            list(threads.map(lambda each: ask(*each), targets(board)))
        opened, worked = time.monotonic() - started, database.cpu() - worked
        total.append((board['title'], opened, worked))
        print(f'\n{board["title"]}, {days} days of {span}: opens in {opened:.2f} s, of the database\'s processor time {worked:.2f} s')
        for seconds, points, title, ref in sorted(rows, reverse=True)[:12]:
            print(f'  {seconds * 1000:8.0f} ms {points:7d} rows  {title} {ref}')
    print(f'\n{days} days of {span}: ' + ', '.join(f'{title} {seconds:.2f} s ({worked:.2f})' for title, seconds, worked in total), flush=True)


def main():
    options = argparse.ArgumentParser()
    options.add_argument('--assets', type=int, default=1000)
    options.add_argument('--days', type=int, default=365)
    options.add_argument('--spans', default='1d,1h,15m,1m')
    options.add_argument('--folder')
    given = options.parse_args()
    folder = given.folder or tempfile.mkdtemp(prefix='alatau-year-')
    os.makedirs(folder, exist_ok=True)
    stamp = os.path.join(folder, f'filled-days-{given.assets}-{given.days}')
    database = Database(folder)
    try:
        if not os.path.exists(stamp):
            now = int(time.time() * 1000)
            fill(database, given.assets, given.days, now, given.spans.split(','))
            fill_sites(database, given.days, now, given.spans.split(','))
            fill_buildings(database, given.assets, given.days, now)
            with open(stamp, 'w') as f:
                f.write(str(now))
        with open(stamp) as f:
            now = int(f.read())
        print(f'{given.assets} assets; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}')
        measure(database, now, 1, '15m')
        measure(database, now, 7, '15m')
        measure(database, now, 30, '1h')
        measure(database, now, given.days, '1h')
        measure(database, now, given.days, '1d')
    finally:
        database.stop()
        if not given.folder:
            shutil.rmtree(folder)


main()
