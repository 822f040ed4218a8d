// Bad input for an operation, made from its contract: what a hostile or hurried client sends, and what must come back.
//
// A case is {name, request, status, codes, field}: any of `codes` will do, `field` (when given) must be what the problem names.
// Everything is made from one valid request, changed in one place, so that the place is what the answer must be about.

const typeWords = { string: 'x', integer: 7, number: 1.5, boolean: true, array: [], object: {}, null: null };

const clone = (value) => structuredClone(value);

// Sets (or, with undefined, removes) what a JSON pointer names.
function changed(body, pointer, value) {
  const out = clone(body);
  const keys = pointer.split('/').slice(1);
  const last = keys.pop();
  let at = out;
  for (const key of keys) at = at[key];
  if (value === undefined) delete at[last];
  else at[last] = value;
  return out;
}

function typesOf(contract, node) {
  const found = contract.resolve(node);
  if (found.oneOf) return found.oneOf.flatMap((s) => typesOf(contract, s));
  if (found.type === undefined) return Object.keys(typeWords);
  const types = [found.type].flat();
  return types.includes('number') ? [...types, 'integer'] : types;
}

const big = Number.MAX_SAFE_INTEGER;

// Values that break one rule of a schema each: [what, value, codes].
function* breaches(contract, node) {
  const types = typesOf(contract, node);
  const schema = contract.schema(node);
  const wrong = Object.keys(typeWords).find((t) => t !== 'null' && !types.includes(t));
  if (wrong) yield [`${wrong} instead of ${types.join('|')}`, typeWords[wrong], ['wrong_type']];
  if (!types.includes('null')) yield ['null', null, ['wrong_type', 'missing_field']];
  if (types.includes('integer') && !types.includes('number')) yield ['a broken number', 1.5, ['wrong_type', 'invalid_value']];
  if (schema.enum && types.includes('string')) yield ['an unknown word', 'no_such_word', ['invalid_value']];
  if (schema.enum && types.includes('integer')) yield ['an unknown number', 7, ['invalid_value', 'out_of_range']];
  if (schema.maxLength !== undefined && !schema.enum) {
    yield ['too long', 'x'.repeat(schema.maxLength + 1), ['too_long', 'invalid_value']];
  }
  if (schema.minLength > 0) yield ['too short', 'x'.repeat(schema.minLength - 1), ['out_of_range', 'invalid_value', 'missing_field', 'too_long']];
  if (schema.pattern && !schema.enum) yield ['not of its form', '~ not of the form ~'.slice(0, schema.maxLength), ['invalid_value']];
  if (schema.format === 'date-time') yield ['no time', '2025-02-30T25:61:00Z', ['invalid_value']];
  if (schema.format === 'date-time') yield ['a time without zone', '2025-02-03T04:05:06', ['invalid_value']];
  if (types.includes('string') && !schema.enum) yield ['U+0000', 'a\u0000b', ['invalid_value', 'invalid_utf8']];
  if (schema.minimum !== undefined) yield ['too small', schema.minimum - 1, ['out_of_range']];
  if (schema.maximum !== undefined) yield ['too large', schema.maximum + 1, ['out_of_range']];
  if (types.includes('integer') && schema.maximum === undefined) yield ['beyond 64 bits', 1e30, ['out_of_range', 'wrong_type', 'invalid_value']];
  if (schema.maximum !== undefined && schema.maximum < big) yield ['beyond 32 bits', 2 ** 40, ['out_of_range']];
  if (schema.maxItems !== undefined) {
    const item = example(contract, schema.items);
    yield ['too many', Array.from({ length: schema.maxItems + 1 }, () => item), ['too_long', 'limit', 'out_of_range', 'invalid_value']];
  }
  if (schema.minItems > 0) yield ['none', [], ['out_of_range', 'missing_field', 'invalid_value']];
}

// Any value that fits.
export function example(contract, node) {
  const schema = contract.schema(node);
  if (schema.examples) return clone(schema.examples[0]);
  if (schema.enum) return schema.enum[0];
  const type = [schema.type].flat()[0];
  if (type === 'object') {
    return Object.fromEntries((schema.required ?? []).map((name) => [name, example(contract, schema.properties[name])]));
  }
  if (type === 'array') return Array.from({ length: schema.minItems ?? 0 }, () => example(contract, schema.items));
  if (type === 'integer' || type === 'number') return schema.minimum ?? 1;
  if (type === 'boolean') return true;
  if (schema.format === 'date-time') return '2025-03-14T09:26:53Z';
  return 'x'.repeat(Math.max(1, schema.minLength ?? 0));
}

// Cases for one object of a body, and for what lies in it (three levels; free objects such as attributes are left alone).
function* objectCases(contract, schema, body, pointer = '', depth = 0) {
  const here = pointer || 'the body';
  if (schema.additionalProperties === false) {
    const name = 'no_such_field';
    yield { name: `${here}: unknown field`, body: changed(body, `${pointer}/${name}`, 1), status: 422, codes: ['unknown_field'], field: `${pointer}/${name}` };
  }
  for (const required of schema.required ?? []) {
    yield { name: `${pointer}/${required} missing`, body: changed(body, `${pointer}/${required}`, undefined), status: 422, codes: ['missing_field'], field: `${pointer}/${required}` };
  }
  for (const [name, node] of Object.entries(schema.properties ?? {})) {
    const place = `${pointer}/${name}`;
    for (const [what, value, codes] of breaches(contract, node)) {
      yield { name: `${place}: ${what}`, body: changed(body, place, value), status: [422, ...(codes.includes('invalid_utf8') ? [400] : [])], codes, field: place };
    }
    const inner = contract.schema(node);
    const present = place.split('/').slice(1).reduce((at, key) => at?.[key], body);
    if (inner.type === 'array' && depth < 5) yield* itemCases(contract, inner, body, place, depth);
    const isObject = inner.type === 'object' && inner.properties;
    if (isObject && depth < 3) {
      const filled = present && typeof present === 'object' ? body : changed(body, place, example(contract, node));
      yield* objectCases(contract, inner, filled, place, depth + 1);
    }
  }
}

// Cases for an item of a list; where no item may be told from another, the list may be what the problem names.
function* itemCases(contract, list, body, place, depth) {
  const item = contract.schema(list.items);
  const one = `${place}/0`;
  for (const [what, value, codes] of breaches(contract, list.items)) {
    yield { name: `${one}: ${what}`, body: changed(body, place, [value]), status: [422, ...(codes.includes('invalid_utf8') ? [400] : [])], codes, field: [one, place] };
  }
  if (item.type === 'object' && item.properties) yield* objectCases(contract, item, changed(body, place, [example(contract, list.items)]), one, depth + 1);
}

// Cases whose bytes are no good JSON at all.
function* byteCases(body) {
  const json = JSON.stringify(body);
  yield { name: 'half a document', raw: json.slice(0, -1), status: 400, codes: ['malformed_json'] };
  yield { name: 'two documents', raw: `${json}${json}`, status: 400, codes: ['malformed_json'] };
  yield { name: 'no body', raw: '', status: [400, 422], codes: ['malformed_json', 'missing_field'] };
  yield { name: 'a comma too many', raw: `${json.slice(0, -1)},}`, status: 400, codes: ['malformed_json'] };
  yield { name: 'NaN', raw: '{"x":NaN}', status: 400, codes: ['malformed_json'] };
  yield { name: 'bytes that are not UTF-8', raw: Buffer.concat([Buffer.from('{"x":"'), Buffer.from([0xc3, 0x28, 0xff]), Buffer.from('"}')]), status: 400, codes: ['invalid_utf8'] };
  yield { name: 'an overlong encoding', raw: Buffer.concat([Buffer.from('{"x":"'), Buffer.from([0xc0, 0xaf]), Buffer.from('"}')]), status: 400, codes: ['invalid_utf8'] };
  yield { name: 'a lone surrogate', raw: '{"no_such_field":"\\ud800"}', status: [400, 422], codes: ['invalid_utf8', 'malformed_json', 'unknown_field', 'invalid_value'] };
  yield { name: 'an array', raw: '[]', status: 422, codes: ['wrong_type'] };
  yield { name: 'a text', raw: '"x"', status: 422, codes: ['wrong_type'] };
  yield { name: 'null', raw: 'null', status: 422, codes: ['wrong_type', 'missing_field'] };
  yield { name: '5,000 levels', raw: `${'['.repeat(5000)}${']'.repeat(5000)}`, status: 400, codes: ['too_deep'] };
  yield { name: '40 levels in a field', raw: `{"no_such_field":${'['.repeat(40)}${']'.repeat(40)}}`, status: [400, 422], codes: ['too_deep', 'unknown_field'] };
  yield { name: 'form data', raw: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' }, status: 415, codes: ['unsupported_media_type'] };
  yield { name: 'two times 1 MiB', raw: `{"x":"${'y'.repeat(2 << 20)}"}`, status: 413, codes: ['body_too_large'] };
}

function* attributeCases(contract, schema, body) {
  for (const [name, node] of Object.entries(schema.properties ?? {})) {
    if (!node.$ref?.endsWith('/Attributes')) continue;
    let deep = 1;
    for (let i = 0; i < 12; i += 1) deep = { a: deep };
    yield { name: `/${name}: 12 levels`, body: { ...body, [name]: deep }, status: [400, 422], codes: ['too_deep'], field: `/${name}` };
    yield { name: `/${name}: 20 KiB`, body: { ...body, [name]: { a: 'x'.repeat(20 << 10) } }, status: 422, codes: ['too_long', 'limit'], field: `/${name}` };
  }
}

// Faults inside a workflow document have a code of their own, and may be told together. A check says them with 200.
function inDocument(op, test) {
  if (![test.field].flat()[0]?.startsWith('/document/')) return test;
  const checks = op.operationId === 'check_workflow';
  return { ...test, checks, codes: [...test.codes, 'workflow_fault', 'expression_fault'] };
}

export function* bodyCases(contract, op, body) {
  const schema = contract.schema(contract.bodySchema(op));
  yield* byteCases(body);
  for (const test of objectCases(contract, schema, body)) yield inDocument(op, test);
  yield* attributeCases(contract, schema, body);
  if (schema.minProperties > 0) yield { name: 'nothing to change', body: {}, status: 422, codes: ['missing_field', 'invalid_value'] };
}

export function* queryCases(contract, op) {
  const query = op.parameters.filter((p) => p.in === 'query');
  for (const parameter of query) {
    const { name } = parameter;
    const schema = contract.schema(parameter.schema);
    const scalar = schema.type === 'array' ? schema.items : parameter.schema;
    const text = contract.schema(scalar);
    const codes = ['wrong_type', 'invalid_value', 'out_of_range', 'too_long', 'cursor_invalid'];
    const bad = (what, value) => ({ name: `?${name}: ${what}`, query: { [name]: value }, status: name === 'cursor' ? [400, 422] : 422, codes, field: name });
    if (name === 'cursor') yield { ...bad('made up', 'bm90IGEgY3Vyc29y'), status: 400, codes: ['cursor_invalid'] };
    else if (text.enum) yield bad('an unknown word', 'no_such_word');
    else if (text.pattern) yield bad('not of its form', '~ no ~');
    else if (['integer', 'number', 'boolean'].includes(text.type)) yield bad('a word', 'zwölf');
    if (text.minimum !== undefined) yield bad('too small', String(text.minimum - 1));
    if (text.maximum !== undefined) yield bad('too large', String(text.maximum + 1));
    if (text.maxLength !== undefined && text.maxLength < 4000) yield bad('too long', 'x'.repeat(text.maxLength + 1));
    if (schema.type !== 'array' && name !== 'cursor') {
      const value = encodeURIComponent(example(contract, parameter.schema));
      yield { ...bad('given twice'), query: {}, rawQuery: `${name}=${value}&${name}=${value}`, without: name };
    }
    if (parameter.required) yield { name: `?${name} missing`, without: name, status: 422, codes: ['missing_field'], field: name };
  }
  if (op.method === 'get') yield { name: '?no_such_parameter', query: { no_such_parameter: '1' }, status: 422, codes: ['unknown_field'], field: 'no_such_parameter' };
  yield { name: 'a query that is not UTF-8', rawQuery: 'no_such_parameter=%c3%28', status: [400, 422], codes: ['invalid_utf8', 'unknown_field', 'invalid_value'] };
}

export function* headerCases(op) {
  const names = new Set(op.parameters.filter((p) => p.in === 'header').map((p) => p.name));
  const required = op.parameters.some((p) => p.name === 'If-Match' && p.required);
  if (required) yield { name: 'If-Match missing', headers: { 'if-match': null }, status: 428, codes: ['version_required'] };
  if (names.has('If-Match')) {
    yield { name: 'If-Match of another version', headers: { 'if-match': '"999999999"' }, status: 412, codes: ['version_mismatch'] };
    yield { name: 'If-Match no version', headers: { 'if-match': 'seven' }, status: [400, 412, 422], codes: ['invalid_value', 'version_mismatch'] };
  }
  if (names.has('Idempotency-Key')) {
    yield { name: 'Idempotency-Key too long', headers: { 'idempotency-key': 'k'.repeat(129) }, status: 422, codes: ['too_long', 'invalid_value'] };
  }
}

export function* pathCases(op) {
  for (const [, name] of op.path.matchAll(/\{(\w+)\}/g)) {
    yield { name: `{${name}} no id`, path: { [name]: 'nonsense' }, status: 404, codes: ['not_found'] };
    yield { name: `{${name}} of nothing`, ghost: name, status: 404, codes: ['not_found'] };
    yield { name: `{${name}} of 3,000 characters`, path: { [name]: 'x'.repeat(3000) }, status: 404, codes: ['not_found'] };
    yield { name: `{${name}} with percent signs`, path: { [name]: '../..%2F\u0000' }, status: [400, 404], codes: ['not_found', 'invalid_utf8', 'invalid_value', 'malformed_request'] };
  }
}

// What is wrong with the answer to a case: '' when nothing.
export function verdict(test, answer) {
  const statuses = [test.status].flat();
  if (test.checks && answer.status === 200) {
    const { valid, faults } = answer.body;
    return !valid && faults.some((f) => test.codes.includes(f.code) && [test.field].flat().includes(f.field)) ? '' : `found ${JSON.stringify(faults)}`;
  }
  if (!statuses.includes(answer.status)) return `answered ${answer.status} ${answer.body?.code ?? ''} instead of ${statuses.join(' or ')}: ${answer.text.slice(0, 200)}`;
  if (!test.codes.includes(answer.body?.code)) return `code ${answer.body?.code} instead of ${test.codes.join(' or ')}: ${answer.body?.detail}`;
  if (test.field !== undefined && answer.status === 422 && ![test.field].flat().includes(answer.body.field)) {
    return `field ${answer.body.field} instead of ${test.field} (${answer.body.code}: ${answer.body.detail})`;
  }
  return '';
}
