// node otlp.js: an OTLP/HTTP receiver that decodes by OpenTelemetry's own generated protobuf code. Prints the port, then a line of JSON a data point: [service, metric, kind, unit, attributes, value].
const { createServer } = require('http');
const { join } = require('path');
const root = require(join(__dirname, 'node_modules/@opentelemetry/otlp-transformer/build/src/generated/root.js'));
const { ExportMetricsServiceRequest: Asked, ExportMetricsServiceResponse: Answer } = root.opentelemetry.proto.collector.metrics.v1;
const plain = (attributes) => Object.fromEntries((attributes ?? []).map((a) => [a.key, a.value.stringValue ?? String(a.value.intValue ?? a.value.doubleValue ?? a.value.boolValue)]));
const server = createServer((request, response) => {
  const pieces = [];
  request.on('data', (piece) => pieces.push(piece));
  request.on('end', () => {
    if (request.method !== 'POST' || request.url !== '/v1/metrics' || request.headers['content-type'] !== 'application/x-protobuf') { response.writeHead(415).end(); return; }
    let asked;
    try { asked = Asked.decode(Buffer.concat(pieces)); } catch (e) { console.log('undecodable: ' + e.message); response.writeHead(400).end(); return; }
    for (const resource of asked.resourceMetrics) {
      const service = plain(resource.resource?.attributes)['service.name'] ?? '';
      for (const metric of resource.scopeMetrics.flatMap((scope) => scope.metrics)) {
        const kind = metric.sum ? (metric.sum.isMonotonic ? 'counter' : 'sum') : metric.gauge ? 'gauge' : 'other';
        for (const point of (metric.sum ?? metric.gauge)?.dataPoints ?? []) {
          console.log(JSON.stringify([service, metric.name, kind, metric.unit ?? '', plain(point.attributes), point.asDouble ?? Number(point.asInt)]));
        }
      }
    }
    console.log('end');
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end(Answer.encode({}).finish());
  });
});
server.listen(0, '127.0.0.1', () => console.log('port ' + server.address().port));
