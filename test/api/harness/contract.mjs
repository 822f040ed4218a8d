// The contract as a judge: finds the operation of a request and lists what is wrong with an answer.
//
// Answers are judged more strictly than the contract asks of clients: a field the contract does not name is a fault, because the
// server and its contract must say the same. Requests are not judged here: the server has to.
import { readFileSync } from 'node:fs';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const root = new URL('../../../', import.meta.url);
export const methods = ['get', 'put', 'post', 'patch', 'delete'];

// Objects whose fields are listed take no others. A part of an allOf is closed by the whole, not by itself.
function close(schema, closedByWhole, inAllOf = false) {
  if (Array.isArray(schema)) return schema.map((s) => close(s, closedByWhole));
  if (schema === null || typeof schema !== 'object') return schema;
  const out = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'examples' || key === 'example' || key === 'enum') out[key] = value;
    else if (key === 'allOf') out[key] = value.map((s) => close(s, closedByWhole, true));
    else if (key === 'properties' && !Array.isArray(value)) {
      out[key] = Object.fromEntries(Object.entries(value).map(([n, s]) => [n, close(s, closedByWhole)]));
    } else out[key] = close(value, closedByWhole);
  }
  const listsFields = out.allOf || (out.type === 'object' && out.properties);
  if (listsFields && !inAllOf && out.additionalProperties === undefined) out.unevaluatedProperties = false;
  return out;
}

function nameOf(ref) {
  return ref.split('/').pop();
}

export class Contract {
  constructor(document = JSON.parse(readFileSync(new URL('spec/openapi.json', root), 'utf8'))) {
    this.document = document;
    this.errors = new Map(
      JSON.parse(readFileSync(new URL('spec/errors.json', root), 'utf8')).errors.map((e) => [e.code, e]),
    );
    this.ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true });
    addFormats.default ? addFormats.default(this.ajv) : addFormats(this.ajv);
    for (const f of ['int64', 'binary']) this.ajv.addFormat(f, true);
    const wholes = new Set();
    for (const schema of Object.values(document.components.schemas)) {
      for (const part of schema.allOf ?? []) if (part.$ref) wholes.add(nameOf(part.$ref));
    }
    const components = {};
    for (const [name, schema] of Object.entries(document.components.schemas)) {
      components[name] = close(schema, wholes, wholes.has(name));
    }
    this.ajv.addSchema({ $id: 'contract', components: { schemas: components } });
    this.compiled = new Map();
    this.operations = [...this.#operations()];
    this.byId = new Map(this.operations.map((op) => [op.operationId, op]));
  }

  *#operations() {
    for (const [path, item] of Object.entries(this.document.paths)) {
      const base = (item.servers ?? this.document.servers)[0].url.replace(/\/$/, '');
      const full = base + path;
      const pattern = new RegExp(`^${full.replace(/[.]/g, '\\.').replace(/\{\w+\}/g, '([^/]+)')}$`);
      for (const method of methods) {
        if (!item[method]) continue;
        const parameters = [...(item.parameters ?? []), ...(item[method].parameters ?? [])].map((p) => this.resolve(p));
        yield { ...item[method], parameters, method, path, full, pattern, literal: !path.includes('{') };
      }
    }
  }

  resolve(node) {
    if (!node?.$ref) return node;
    return node.$ref.slice(2).split('/').reduce((at, key) => at[key.replace(/~1/g, '/').replace(/~0/g, '~')], this.document);
  }

  // The schema with references at its top followed; nullable ones give their other alternative.
  schema(node) {
    const found = this.resolve(node);
    const others = found?.oneOf?.filter((s) => s.type !== 'null');
    return others?.length === 1 && found.oneOf.length === 2 ? this.schema(others[0]) : found;
  }

  bodySchema(op) {
    const content = this.resolve(op.requestBody)?.content;
    return content?.['application/json']?.schema;
  }

  #validator(schema) {
    const key = JSON.stringify(schema);
    if (!this.compiled.has(key)) {
      const absolute = JSON.parse(key.replaceAll('"#/components/', '"contract#/components/'));
      this.compiled.set(key, this.ajv.compile(close(absolute, new Set())));
    }
    return this.compiled.get(key);
  }

  // Faults of a value against a schema: [] when there is none.
  faults(schema, value, what = 'body') {
    const validate = this.#validator(schema);
    if (validate(value)) return [];
    return validate.errors.slice(0, 8).map((e) => {
      const extra = e.params.unevaluatedProperty ?? e.params.additionalProperty ?? e.params.missingProperty ?? e.params.allowedValues;
      return `${what}${e.instancePath}: ${e.message}${extra === undefined ? '' : ` (${extra})`}`;
    });
  }

  // Faults of a frame: the alternative is chosen by its type (and resource), so that the words are about the right one.
  frameFaults(union, frame) {
    const pick = (schema) => {
      const node = this.resolve(schema);
      if (!node.oneOf) return schema;
      const says = (s) => this.#constants(s);
      const fitting = node.oneOf.filter((s) =>
        this.resolve(s).oneOf
          ? this.resolve(s).oneOf.some((inner) => fits(says(inner)))
          : fits(says(s)),
      );
      function fits(constants) {
        return Object.entries(constants).every(([key, values]) => values.includes(frame?.[key]));
      }
      return fitting.length === 1 ? pick(fitting[0]) : schema;
    };
    const schema = pick({ $ref: `#/components/schemas/${union}` });
    const faults = this.faults(schema, frame, frame?.type ?? 'frame');
    for (const event of frame?.type === 'events' && faults.length > 0 ? frame.events : []) {
      faults.push(...this.eventFaults(event));
    }
    return faults;
  }

  eventFaults(event) {
    const fitting = this.document.components.schemas.Event.oneOf.find((s) => this.#constants(s).type?.includes(event?.type));
    if (!fitting) return [`event: ${event?.type} is not in the contract`];
    return this.faults(fitting, event, event.type);
  }

  #constants(schema) {
    const node = this.resolve(schema);
    const parts = node.allOf ? node.allOf.map((s) => this.resolve(s)) : [node];
    const found = {};
    for (const part of parts) {
      for (const [name, s] of Object.entries(part.properties ?? {})) {
        if (['type', 'resource'].includes(name) && s.enum) found[name] = s.enum;
      }
    }
    return found;
  }

  find(method, pathname) {
    const fitting = this.operations.filter((op) => op.pattern.test(pathname));
    const op = fitting.filter((o) => o.method === method.toLowerCase()).sort((a, b) => b.literal - a.literal)[0];
    return { op, known: fitting.length > 0 };
  }

  // What is wrong with an answer. `answer`: {status, headers: Headers, text, body} with body parsed where it is JSON.
  judge(method, pathname, answer) {
    const { op, known } = this.find(method, pathname);
    const { status } = answer;
    if (!op) {
      if (!pathname.startsWith('/api/')) return [];
      const wanted = known ? 405 : 404;
      const faults = status === wanted || status === 401 ? [] : [`answered ${status}; the contract knows no such ${known ? 'method' : 'path'}: ${wanted}`];
      if (status === 405 && !answer.headers.get('allow')) faults.push('405 without Allow');
      return [...faults, ...this.#problem(answer)];
    }
    const response = this.resolve(op.responses[status]);
    if (status === 431) return this.#problem(answer);
    if (!response) return [`status ${status} is not in the contract: ${answer.text?.slice(0, 300)}`];
    const faults = [];
    for (const [name, node] of Object.entries(response.headers ?? {})) {
      faults.push(...this.#header(name, this.resolve(node), answer.headers.get(name)));
    }
    if (status >= 400 && !(status === 503 && op.operationId === 'get_readiness')) return [...faults, ...this.#problem(answer)];
    if (!response.content) {
      if (answer.text) faults.push(`${status} has no body in the contract, but one came: ${answer.text.slice(0, 100)}`);
      return faults;
    }
    const type = (answer.headers.get('content-type') ?? '').split(';')[0].trim();
    const [wantedType, media] = Object.entries(response.content)[0];
    if (wantedType !== '*/*' && type !== wantedType) faults.push(`content type ${type || 'absent'}; the contract says ${wantedType}`);
    if (wantedType === 'application/json' && op.operationId !== 'get_openapi') {
      if (answer.body === undefined) faults.push('the body is not JSON');
      else faults.push(...this.faults(media.schema, answer.body));
    }
    return faults;
  }

  #header(name, header, value) {
    if (value === null) return header.required ? [`header ${name} is missing`] : [];
    const schema = this.resolve(header.schema);
    const typed = schema.type === 'integer' ? Number(value) : value;
    return this.faults(header.schema, typed, `header ${name}`);
  }

  #problem(answer) {
    const type = (answer.headers.get('content-type') ?? '').split(';')[0];
    if (type !== 'application/problem+json') return [`content type ${type || 'absent'}; problems are application/problem+json`];
    const faults = this.faults({ $ref: '#/components/schemas/Problem' }, answer.body, 'problem');
    const known = this.errors.get(answer.body?.code);
    if (!known) faults.push(`problem: code ${answer.body?.code} is not in errors.def`);
    else if (known.status !== answer.status) faults.push(`problem: ${known.code} is ${known.status}, not ${answer.status}`);
    if (answer.body?.status !== answer.status) faults.push(`problem: status says ${answer.body?.status}, the answer is ${answer.status}`);
    if (!answer.body?.detail) faults.push('problem: detail is empty: what was found, what is expected?');
    return faults;
  }
}
