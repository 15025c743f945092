// One board, laid out on Grafana's grid, each panel drawn by Grafana's own component.
import { useEffect, useState } from 'react';
import plotStyle from 'uplot/dist/uPlot.min.css';
import { createRoot } from 'react-dom/client';
import { ThemeContext, applyFieldOverrides, createTheme, getFieldDisplayValues, FieldType, type DataFrame, type FieldConfigSource } from '@grafana/data';
import { BarGauge, BigValue, GlobalStyles, PanelChrome, Table, TimeSeries } from '@grafana/ui';

declare global { interface Window { given: any } }
const theme = createTheme({ colors: { mode: 'dark' } });
const { board, answers, now, from } = window.given;
const unit = 34, gap = 8, width = 1920 - 2 * gap, head = 48;

function frames(panel: any): DataFrame[] {
  const raw: DataFrame[] = [];
  for (const { target, series } of answers[panel.id]) {
    for (const one of series) {
      const alias = target.alias?.replace(/\$tag_(\w+)/g, (_: string, tag: string) => one.tags?.[tag] ?? '');
      const column = (i: number) => one.values.map((row: any[]) => row[i]);
      raw.push({
        refId: target.refId, length: one.values.length,
        fields: one.columns.map((name: string, i: number) => {
          const values = column(i);
          const type = i === 0 ? FieldType.time : typeof values.find((v: any) => v !== null) === 'string' ? FieldType.string : FieldType.number;
          return { name: i === 0 ? 'Time' : name, type, values, labels: undefined, config: type === FieldType.number && alias ? { displayNameFromDS: alias } : {} };
        }),
      } as DataFrame);
    }
  }
  return applyFieldOverrides({ data: raw, fieldConfig: panel.fieldConfig as FieldConfigSource, theme, replaceVariables: (v) => v, timeZone: 'Asia/Almaty', fieldConfigRegistry: registry() as any });
}

let known: any;
function registry() {
  if (known) { return known; }
  const standard = ['unit', 'decimals', 'min', 'max', 'color', 'thresholds', 'noValue', 'displayName', 'mappings'].map((path) => ({ id: path, path, name: path, isCustom: false, process: (v: any) => v, shouldApply: () => true }));
  const custom = ['drawStyle', 'lineInterpolation', 'lineWidth', 'fillOpacity', 'gradientMode', 'showPoints', 'spanNulls', 'pointSize', 'barAlignment', 'axisPlacement', 'axisLabel', 'stacking', 'thresholdsStyle', 'lineStyle', 'scaleDistribution', 'hideFrom', 'axisColorMode', 'axisBorderShow', 'axisCenteredZero', 'align', 'width', 'cellOptions', 'inspect']
    .map((path) => ({ id: `custom.${path}`, path, name: path, isCustom: true, process: (v: any) => v, shouldApply: () => true }));
  const all = [...standard, ...custom] as any[];
  known = { list: () => all, get: (id: string) => all.find((e) => e.id === id), getIfExists: (id: string) => all.find((e) => e.id === id) };
  return known;
}

function Body({ panel, w, h }: { panel: any; w: number; h: number }) {
  const data = frames(panel);
  const display = () => getFieldDisplayValues({ fieldConfig: panel.fieldConfig, reduceOptions: panel.options.reduceOptions, replaceVariables: (v) => v, theme, data, timeZone: 'Asia/Almaty' });
  switch (panel.type) {
    // The round gauge is no public component of @grafana/ui; its number and colour are the same.
    case 'gauge':
    case 'stat': return <BigValue value={display()[0]?.display ?? { numeric: 0, text: panel.fieldConfig.defaults.noValue }} width={w} height={h} theme={theme} colorMode={'value' as any} graphMode={'none' as any} justifyMode={'auto' as any} textMode={'value' as any} />;
    case 'bargauge': {
      const all = display();
      if (all.length === 0 || data.length === 0) { return <div>No data</div>; }
      const each = Math.min(panel.options.namePlacement === 'top' ? 48 : 40, Math.floor(h / Math.max(1, all.length)) - 4);
      const longest = all.reduce((a, b) => (a.display.title!.length > b.display.title!.length ? a : b), all[0]);
      const top = Math.max(...all.map((d) => d.display.numeric));
      return <div>{all.map((d, i) => <div key={i} style={{ marginBottom: 4 }}><BarGauge value={d.display} field={{ ...d.field, max: d.field.max ?? top } as any} display={d.view?.getFieldDisplayProcessor?.(d.colIndex!)} width={w} height={each} orientation={'horizontal' as any} displayMode={'basic' as any} theme={theme} showUnfilled alignmentFactors={{ title: longest.display.title!, text: longest.display.text, suffix: longest.display.suffix } as any} namePlacement={panel.options.namePlacement} /></div>)}</div>;
    }
    // Grafana's map is no public component and needs tiles; its dots stand where the coordinates say: sites as large as their load, assets in the colour of their alarms.
    case 'geomap': {
      const of = (ref: string) => answers[panel.id].filter((a: any) => a.target.refId === ref).flatMap((a: any) => a.series).map((s: any) => ({ tags: s.tags, ...Object.fromEntries(s.columns.map((c: string, i: number) => [c, s.values[0][i]])) }));
      const [sites, assets] = [of('sites'), of('assets')];
      if (sites.length + assets.length === 0) { return <div>No data</div>; }
      const all = [...sites, ...assets];
      const [lats, lons, top] = [all.map((d: any) => d.latitude), all.map((d: any) => d.longitude), Math.max(1, ...sites.map((d: any) => d.load))];
      // One scale for both directions, as on a map: a degree of longitude is shorter by the cosine of the latitude.
      const narrow = Math.cos((Math.PI / 180) * lats[0]);
      const [south, west, tall, wide] = [Math.min(...lats), Math.min(...lons), Math.max(...lats) - Math.min(...lats), (Math.max(...lons) - Math.min(...lons)) * narrow];
      const scale = Math.min((h - 40) / (tall || 1), (w - 90) / (wide || 1));
      const x = (d: any) => (w - 60 - wide * scale) / 2 + (d.longitude - west) * narrow * scale, y = (d: any) => h - 20 - (d.latitude - south) * scale;
      const colour = (alarms: number | null) => { const steps = panel.fieldConfig.defaults.thresholds.steps; return steps.findLast((step: any) => step.value === null || (alarms !== null && alarms >= step.value)).color; };
      return <svg width={w} height={h}>
        {sites.map((d: any) => <g key={d.tags.site}><circle cx={x(d)} cy={y(d)} r={8 + 18 * Math.max(0, d.load) / top} fill="#5794F2" opacity={0.35} /><text x={x(d) + 30} y={y(d) + 4} fill={theme.colors.text.primary} fontSize={12} fontFamily="Inter, DejaVu Sans, sans-serif">{d.tags.site}</text></g>)}
        {assets.sort((a: any, b: any) => (a.alarms ?? -1) - (b.alarms ?? -1)).map((d: any) => <circle key={d.tags.site + '/' + d.tags.asset} cx={x(d)} cy={y(d)} r={d.alarms > 0 ? 5 : 2.5} fill={colour(d.alarms)} opacity={0.9} />)}
      </svg>;
    }
    case 'table': return data.length ? <Table data={data[0]} width={w} height={h} /> : <div>No data</div>;
    default: {
      if (data.length === 0) { return <div>No data</div>; }
      const start = answers[panel.id][0]?.from ?? from;
      const range = { from: time(start), to: time(now), raw: { from: time(start), to: time(now) } } as any;
      return <TimeSeries frames={data} width={w} height={h} timeRange={range} timeZone="Asia/Almaty" legend={{ displayMode: 'list', placement: 'bottom', showLegend: panel.options.legend.showLegend, calcs: [] } as any} />;
    }
  }
}

import { dateTime } from '@grafana/data';
const time = (ms: number) => dateTime(ms);

function Board() {
  const [drawn, setDrawn] = useState(false);
  useEffect(() => { setDrawn(true); }, []);
  const cell = (width + gap) / 24;
  return <ThemeContext.Provider value={theme}><GlobalStyles /><style>{plotStyle}</style>
    <div data-drawn={drawn} style={{ background: theme.colors.background.canvas, height: 1080, overflow: 'hidden', position: 'relative' }}>
      <h1 style={{ color: theme.colors.text.primary, font: '500 20px Inter, "DejaVu Sans", sans-serif', margin: 0, padding: '12px 16px' }}>{board.title}</h1>
      {board.panels.map((panel: any) => {
        const { x, y, w, h } = panel.gridPos;
        const [pw, ph] = [Math.round(w * cell - gap), h * (unit + gap) - gap];
        return <div key={panel.id} style={{ position: 'absolute', left: gap + x * cell, top: head + y * (unit + gap) }}>
          <PanelChrome title={panel.title} description={panel.description} width={pw} height={ph}>{(iw, ih) => <Body panel={panel} w={iw} h={ih} />}</PanelChrome>
        </div>;
      })}
    </div></ThemeContext.Provider>;
}
createRoot(document.getElementById('root')!).render(<Board />);
