// Reads [[tag, text], …] from standard input and answers how the official client escapes each.
const { escape } = require('@influxdata/influxdb-client');
let input = '';
process.stdin.on('data', (piece) => (input += piece));
process.stdin.on('end', () => {
  const cases = JSON.parse(input);
  console.log(JSON.stringify(cases.map(([name, text]) => [escape.tag(name), escape.quoted(text)])));
});
