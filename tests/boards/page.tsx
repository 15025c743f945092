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
  const custom = ['drawStyle', 'lineInterpolation', 'lineWidth', 'fillOpacity', 'gradientMode', 'showPoints', 'spanNulls', 'pointSize', 'barAlignment', 'axisPlacement', 'axisLabel', 'stacking', 'thresholdsStyle', 'lineStyle', 'scaleDistribution', 'hideFrom', 'axisColorMode', 'axisBorderShow', 'axisCenteredZero', 'align', 'cellOptions', 'inspect']
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
      const each = Math.min(40, Math.floor(h / Math.max(1, all.length)) - 4);
      const longest = all.reduce((a, b) => (a.display.title!.length > b.display.title!.length ? a : b), all[0]);
      const top = Math.max(...all.map((d) => d.display.numeric));
      return <div>{all.map((d, i) => <div key={i} style={{ marginBottom: 4 }}><BarGauge value={d.display} field={{ ...d.field, max: d.field.max ?? top } as any} display={d.view?.getFieldDisplayProcessor?.(d.colIndex!)} width={w} height={each} orientation={'horizontal' as any} displayMode={'basic' as any} theme={theme} showUnfilled alignmentFactors={{ title: longest.display.title!, text: longest.display.text, suffix: longest.display.suffix } as any} namePlacement={'left' as any} /></div>)}</div>;
    }
    // Grafana's map is no public component and needs tiles; its dots stand where the coordinates say, as large as the load.
    case 'geomap': {
      const dots = answers[panel.id].flatMap((a: any) => a.series).map((s: any) => ({ name: s.tags.site, lat: s.values[0][s.columns.indexOf('latitude')], lon: s.values[0][s.columns.indexOf('longitude')], load: s.values[0][s.columns.indexOf('load')] }));
      if (dots.length === 0) { return <div>No data</div>; }
      const [lats, lons, top] = [dots.map((d: any) => d.lat), dots.map((d: any) => d.lon), Math.max(1, ...dots.map((d: any) => d.load))];
      const at = (v: number, all: number[], room: number) => 30 + (room - 60) * (v - Math.min(...all)) / (Math.max(...all) - Math.min(...all) || 1);
      const text = theme.colors.text.primary;
      return <svg width={w} height={h}>{dots.map((d: any) => <g key={d.name}><circle cx={at(d.lon, lons, w * 0.7)} cy={h - at(d.lat, lats, h)} r={4 + 9 * Math.max(0, d.load) / top} fill="#F2CC0C" opacity={0.7} /><text x={at(d.lon, lons, w * 0.7) + 18} y={h - at(d.lat, lats, h) + 4} fill={text} fontSize={12} fontFamily="Inter, DejaVu Sans, sans-serif">{d.name}</text></g>)}</svg>;
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
