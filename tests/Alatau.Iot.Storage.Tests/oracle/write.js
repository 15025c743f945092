// node write.js URL TOKEN ORG BUCKET: writes 500 points as the official client does, then says so.
const { InfluxDB, Point } = require('@influxdata/influxdb-client');
const [url, token, org, bucket] = process.argv.slice(2);
const api = new InfluxDB({ url, token }).getWriteApi(org, bucket, 'ms', { maxRetries: 0, gzipThreshold: 1000 });
for (let i = 0; i < 500; i++) {
  api.writePoint(new Point('reading').tag('site', 'gate').tag('asset', 'meter-1').floatField('activePower', i + 0.5).timestamp(1795323600000 + i * 1000));
}
api.close().then(
  () => console.log('written'),
  (error) => console.log('failed ' + error.statusCode + ' ' + error.message)
);
