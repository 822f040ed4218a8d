// The part of gen-api that needs a program: checks the lint does not make, compact JSON, and what comes of src/base/errors.def.
// Argument: a folder that holds openapi.json; it is rewritten there, and errors.json and errors.md are put beside it.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const out = process.argv[2];
const api = JSON.parse(readFileSync(join(out, 'openapi.json'), 'utf8'));
const faults = [];
const methods = ['get', 'put', 'post', 'patch', 'delete'];

// Redocly names a clash of two schemas "X-2": one word, one meaning, so that is a fault here.
for (const name of Object.keys(api.components.schemas)) {
  if (/-\d+$/.test(name)) faults.push(`two schemas are called ${name.replace(/-\d+$/, '')}`);
}
for (const [path, item] of Object.entries(api.paths)) {
  for (const method of methods) {
    const op = item[method];
    if (!op) continue;
    const where = `${method.toUpperCase()} ${path}`;
    if (!Array.isArray(op['x-principals']) || op['x-principals'].length === 0) faults.push(`${where}: no x-principals`);
    if (!(op['x-rate-class'] in api['x-rate-classes'])) faults.push(`${where}: no known x-rate-class`);
    if (op['x-principals']?.includes('api_key') && !op['x-scope'] && op.operationId !== 'get_me') faults.push(`${where}: no x-scope`);
    const body = op.requestBody?.content?.['application/json']?.schema?.$ref;
    if (body) {
      const schema = api.components.schemas[body.split('/').pop()];
      if (schema.type === 'object' && schema.additionalProperties !== false) faults.push(`${where}: its body takes unknown fields`);
    }
    for (const [status, response] of Object.entries(op.responses)) {
      if (Number(status) < 400 || response.content) continue;
      if (!response.$ref?.includes(`Problem${status}`)) faults.push(`${where}: ${status} is no Problem`);
    }
  }
}

// One word, one meaning: the contract's words are those of the code.
const enums = new Map();
for (const file of ['events/core/event.h', 'routing/core/records.h', 'conversations/core/records.h', 'presence/core/records.h', 'calls/core/records.h', 'voicemails/voicemails.h']) {
  for (const [, name, list] of readFileSync(`src/${file}`, 'utf8').matchAll(/BOOST_DESCRIBE_ENUM\((\w+),([^)]*)\)/g)) {
    enums.set(name, list.split(',').map((word) => word.trim().replace(/_$/, '')));
  }
}
const same = (what, ours, theirs) => {
  const missing = theirs.filter((word) => !ours.includes(word));
  const extra = ours.filter((word) => !theirs.includes(word));
  if (missing.length > 0) faults.push(`${what}: the contract lacks ${missing.join(', ')}`);
  if (extra.length > 0) faults.push(`${what}: the code lacks ${extra.join(', ')}`);
};
const schemas = api.components.schemas;
for (const [schema, name] of [
  ['TaskStatus', 'TaskStatus'],
  ['ReservationStatus', 'ReservationStatus'],
  ['Bucket', 'Bucket'],
  ['ReasonCode', 'Reason'],
  ['AssignMode', 'AssignMode'],
  ['CapacityModel', 'CapacityModel'],
  ['ActivityClass', 'ActivityClass'],
  ['ConversationStatus', 'ConversationStatus'],
  ['ContactStatus', 'ContactStatus'],
  ['CallStatus', 'CallStatus'],
  ['LegRole', 'LegRole'],
  ['LegStatus', 'LegStatus'],
  ['RecordingPolicy', 'RecordingPolicy'],
  ['RecordingState', 'Recording'],
  ['Instead', 'Instead'],
  ['ConsentRule', 'ConsentRule'],
  ['Consent', 'Consent'],
  ['VoicemailState', 'State'],
  ['CallbackMode', 'CallbackMode'],
  ['CallbackStatus', 'CallbackStatus'],
]) {
  // "none" is null in the contract; a rule's own "none" stays.
  same(schema, schemas[schema].enum, enums.get(name).filter((word) => !['Bucket', 'Reason', 'Consent'].includes(name) || word !== 'none'));
}
const published = [...readFileSync('src/events/core/events.def', 'utf8').matchAll(/CARILLON_EVENT\(\w+, "([^"~]+)"\)/g)].map((m) => m[1]);
// Records that no decision reads tell of themselves.
for (const file of ['src/recordings/rest.cc', 'src/recordings/holds_rest.cc', 'src/voicemails/rest.cc']) {
  published.push(...[...readFileSync(file, 'utf8').matchAll(/"((?:recording|voicemail|legal-hold)\.[a-z]+)"/g)].map((m) => m[1]));
}
const promised = schemas.Event.oneOf.flatMap(({ $ref }) => schemas[$ref.split('/').pop()].allOf[1].properties.type.enum);
same('events', promised, published);

const def = readFileSync('src/base/errors.def', 'utf8');
const errors = [...def.matchAll(/CARILLON_ERROR\(\w+, "([^"]+)", (\d+), "([^"]+)"\)/g)].map(([, code, status, title]) => ({
  code,
  status: Number(status),
  title,
}));
const about = JSON.parse(readFileSync('spec/error-notes.json', 'utf8'));
for (const { code } of errors) if (!about[code]) faults.push(`spec/error-notes.json says nothing about ${code}`);
for (const code of Object.keys(about)) if (!errors.some((e) => e.code === code)) faults.push(`spec/error-notes.json: no error ${code}`);

if (faults.length > 0) {
  console.error(faults.map((f) => `gen-api: ${f}`).join('\n'));
  process.exit(1);
}

const rows = errors.map((e) => `| <a id="error-${e.code}"></a>\`${e.code}\` | ${e.status} | ${e.title} | ${about[e.code]} |`);
const page = `# Errors

Generated by \`scripts/gen-api\` from \`src/base/errors.def\` and \`spec/error-notes.json\`; do not edit. Every error of the API is an
RFC 9457 problem document (\`application/problem+json\`): \`type\`, \`title\`, \`status\`, \`code\`, \`detail\`, and where they help
\`field\` (JSON pointer, or name of a parameter or header), \`expected\`, \`column\`, \`faults\`. Codes are never reused or renamed;
decide by \`code\`, show \`title\` and \`detail\`.

| code | status | title | when, and what to do |
|---|---|---|---|
${rows.join('\n')}
`;
writeFileSync(join(out, 'openapi.json'), `${JSON.stringify(api)}\n`);
writeFileSync(join(out, 'errors.json'), `${JSON.stringify({ errors }, null, 1)}\n`);
writeFileSync(join(out, 'errors.md'), page);
