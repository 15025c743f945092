// node compose.js FILE [OVERLAY.json]: the faults of a compose file by the specification's own JSON schema, one a line; nothing when it is one. The overlay is laid over it, for trying faults.
const { readFileSync } = require('fs');
const { join } = require('path');
const yaml = require('js-yaml');

// The linter dclint carries the specification's schema.
const schema = JSON.parse(readFileSync(join(__dirname, 'node_modules/dclint/schemas/compose.schema.json'), 'utf8'));
const Ajv = require('ajv');
delete schema.$schema;
const ajv = new Ajv({ allErrors: true, strict: false });
require('ajv-formats')(ajv);
ajv.addFormat('expose', /^\d{1,5}(-\d{1,5})?(\/[a-zA-Z]+)?$/);
ajv.addFormat('ports', true);
ajv.addFormat('subnet_ip_address', true);
const overlay = (a, b) => (b && typeof b === 'object' && !Array.isArray(b) ? Object.entries(b).reduce((o, [k, v]) => ({ ...o, [k]: overlay(o[k] ?? {}, v) }), { ...a }) : b);
let document = yaml.load(readFileSync(process.argv[2], 'utf8'));
if (process.argv[3]) { document = overlay(document, JSON.parse(process.argv[3])); }
if (!ajv.validate(schema, document)) { for (const e of ajv.errors) { console.log(`${e.instancePath || '/'} ${e.message} ${JSON.stringify(e.params)}`); } }
