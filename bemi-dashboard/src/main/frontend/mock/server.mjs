// A server after the API's contract, with a made-up history: to develop the page, and to look at it.
// `npm run mock` serves the built page at http://localhost:8090/bemi with the headers of the real one; PORT and
// BASE_PATH put it elsewhere; MOCK=failed | forbidden | reader | empty | slow show what the page does then.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { changes, fill, happen, TABLES, toJson } from './data.mjs';

const PAGE = fileURLToPath(new URL('../../resources/io/bemi/dashboard/page/', import.meta.url));
const PORT = Number(process.env.PORT ?? 8090);
const BASE = process.env.BASE_PATH ?? '/bemi';
const MODE = process.env.MOCK ?? '';
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const TYPES = { '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.html': 'text/html' };
const ROUTES = ['', 'overview', 'changes', 'change', 'record', 'transaction', 'request', 'trace', 'revert'];

if (MODE !== 'empty') {
	fill(Date.now());
}
const listeners = new Set();
if (process.env.QUIET === undefined) {
	setInterval(() => {
		const added = happen(Date.now());
		listeners.forEach((listener) => added.forEach(listener));
	}, 6000).unref();
}

class Problem extends Error {
	constructor(status, title, detail, more = {}) {
		super(detail);
		Object.assign(this, { status, title, more });
	}
}

function parse(text) {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}

const at = (object, path) => path.split('.').reduce((value, key) => (value && typeof value === 'object' ? value[key] : undefined), object);
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const contains = (whole, part) => Object.entries(part).every(([key, value]) => same(whole[key], value));

function matcher(query) {
	if (query.get('text') && !(query.get('since') && query.get('until'))) {
		throw new Problem(400, 'Too broad', 'Text is searched within a range of time: add since and until.');
	}
	const tests = [];
	for (const [name, value] of query) {
		if (name === 'schema' || name === 'table') tests.push((change) => change[name] === value);
		if (name === 'record') tests.push((change) => change.primaryKey === value);
		if (name === 'transaction') tests.push((change) => change.transactionId === value);
		if (name === 'request') tests.push((change) => change.metadata.requestId === value);
		if (name === 'trace') tests.push((change) => change.metadata._bemi?.traceId === value);
		if (name === 'changed') tests.push((change) => change.changed.includes(value));
		if (name === 'changedFrom') tests.push((change) => same(change.diff[query.get('changed')]?.old, parse(value)));
		if (name === 'changedTo') tests.push((change) => same(change.diff[query.get('changed')]?.new, parse(value)));
		if (name === 'since') tests.push((change) => change.committedAt >= value);
		if (name === 'until') tests.push((change) => change.committedAt < value);
		if (name === 'values' || name === 'before') tests.push((change) => contains(change[name], parse(value)));
		if (name === 'text') tests.push((change) => (JSON.stringify(change.values) + JSON.stringify(change.before)).toLowerCase().includes(value.toLowerCase()));
		if (name.startsWith('context.')) tests.push((change) => same(at(change.metadata, name.slice(8)), parse(value)));
	}
	const operations = query.getAll('operation');
	if (operations.length > 0) tests.push((change) => operations.includes(change.operation));
	return (change) => tests.every((test) => test(change));
}

function page(query) {
	const limit = Number(query.get('limit') ?? 50);
	let found = changes.filter(matcher(query));
	if (query.get('order') !== 'oldest') found = found.reverse();
	const cursor = query.get('cursor');
	const start = cursor ? found.findIndex((change) => change.id === cursor) + 1 : 0;
	const part = found.slice(start, start + limit);
	return { changes: part, next: start + limit < found.length ? part.at(-1).id : null };
}

const group = (change, by) => (by === 'table' ? `${change.schema}.${change.table}` : by === 'operation' ? change.operation : by === 'transaction' ? change.transactionId : (at(change.metadata, by.slice(8)) ?? null));
const asText = (value) => (value === null || typeof value === 'string' ? value : JSON.stringify(value));

function bucket(instant, size, zone) {
	process.env.TZ = zone;
	const date = new Date(instant);
	date.setSeconds(0, 0);
	if (size !== 'MINUTE') date.setMinutes(0);
	if (['DAY', 'WEEK', 'MONTH'].includes(size)) date.setHours(0);
	if (size === 'WEEK') date.setDate(date.getDate() - ((date.getDay() + 6) % 7));
	if (size === 'MONTH') date.setDate(1);
	return date.toISOString();
}

function tally(keyed) {
	const counts = new Map();
	keyed.forEach(([key, row]) => counts.set(key, { ...row, count: (counts.get(key)?.count ?? 0) + 1 }));
	return [...counts.values()];
}

function recordAt(query, moment) {
	const history = changes.filter((change) => change.schema === query.get('schema') && change.table === query.get('table') && change.primaryKey === query.get('record') && (!moment || Date.parse(change.committedAt) <= Date.parse(moment)));
	const last = history.at(-1);
	const lastTouched = {};
	history.forEach((change) =>
		Object.keys(change.diff).forEach((column) => (lastTouched[column] = { changeId: change.id, committedAt: change.committedAt, user: change.metadata.user ?? null })),
	);
	return { exists: Boolean(last) && last.operation !== 'DELETE', values: last?.values ?? {}, at: moment ?? new Date().toISOString(), lastTouched };
}

const ACTIONS = { CREATE: 'DELETE', UPDATE: 'UPDATE', DELETE: 'INSERT' };

function selected(selection) {
	if (selection.transaction) return changes.filter((change) => change.transactionId === selection.transaction);
	if (selection.request) return changes.filter((change) => change.metadata.requestId === selection.request);
	if (selection.record) return changes.filter((change) => change.table === selection.record.table && change.primaryKey === selection.record.key && change.committedAt > selection.record.at);
	const query = new URLSearchParams();
	Object.entries(selection.filters).forEach(([name, value]) => [value].flat().forEach((one) => query.append(name, one)));
	return changes.filter(matcher(query));
}

function plan(selection) {
	const found = selected(selection).filter((change) => change.operation !== 'TRUNCATE');
	const quote = (name) => `"${name}"`;
	const steps = [...found].reverse().map((change) => ({
		schema: change.schema, table: change.table, primaryKey: change.primaryKey, action: ACTIONS[change.operation],
		columns: Object.fromEntries(Object.entries(change.diff).map(([column, { old, new: now }]) => [column, { ...(now !== undefined && { now }), ...(old !== undefined && { then: old }) }])),
	}));
	const conflicts = found
		.filter((change) => changes.some((later) => later.table === change.table && later.primaryKey === change.primaryKey && later.committedAt > change.committedAt && later.transactionId !== change.transactionId && !found.includes(later)))
		.slice(0, 5)
		.map((change) => ({ kind: 'LATER_CHANGE', schema: change.schema, table: change.table, primaryKey: change.primaryKey, columns: change.changed.slice(0, 1), detail: 'changed again by jonas in transaction 7999' }));
	const sql = steps
		.map((step) =>
			step.action === 'DELETE'
				? `DELETE FROM ${quote(step.schema)}.${quote(step.table)} WHERE "id" = ${step.primaryKey};`
				: step.action === 'INSERT'
					? `INSERT INTO ${quote(step.schema)}.${quote(step.table)} (${Object.keys(step.columns).map(quote).join(', ')}) VALUES (…);`
					: `UPDATE ${quote(step.schema)}.${quote(step.table)} SET ${Object.keys(step.columns).map((column) => `${quote(column)} = …`).join(', ')} WHERE "id" = ${step.primaryKey};`,
		)
		.join('\n');
	return { steps, conflicts, sql, changes: found.length };
}

async function body(request) {
	let text = '';
	for await (const chunk of request) text += chunk;
	return JSON.parse(text);
}

async function api(path, query, request) {
	if (path === '/me') {
		return {
			user: 'auditor', canRead: MODE !== 'forbidden', canRevert: MODE !== 'reader', csrf: { header: 'X-CSRF-TOKEN', token: 'mock' },
			traceUrl: 'https://traces.example.com/trace/{traceId}', application: 'shop', zone: 'UTC',
		};
	}
	if (MODE === 'forbidden') throw new Problem(403, 'You may not see this', 'The role BEMI is missing.');
	if (path === '/status') {
		return MODE === 'failed'
			? {
					state: 'FAILED', message: 'The replication slot "bemi_shop" is in use by another process (pid 4711).', advice: 'Stop the other instance, or give this one a slot of its own: bemi.replication.slot.',
					lagBytes: 48_300_211, lagSeconds: 812.4, lastCommit: new Date(Date.now() - 812_000).toISOString(), baseline: { tables: 5, completed: 3, rows: 18_210 },
					gaps: [{ reason: 'The slot was lost: max_slot_wal_keep_size was exceeded.', fromTime: new Date(Date.now() - 9e7).toISOString(), toTime: new Date(Date.now() - 8.6e7).toISOString(), noticedAt: new Date(Date.now() - 8.6e7).toISOString() }],
					untracked: [{ schema: 'public', table: 'session', why: 'no primary key; add one, or REPLICA IDENTITY FULL' }],
				}
			: {
					state: 'CONNECTED', message: 'Changes are recorded as they are committed.', advice: null, lagBytes: 0, lagSeconds: 0.084, lastCommit: changes.at(-1)?.committedAt ?? null,
					baseline: { tables: 5, completed: 5, rows: 18_210 }, gaps: [], untracked: [{ schema: 'public', table: 'session', why: 'no primary key; add one, or REPLICA IDENTITY FULL' }],
				};
	}
	if (path === '/tables') return TABLES;
	if (path === '/changes') return page(query);
	if (path.startsWith('/changes/')) {
		const found = changes.find((change) => change.id === decodeURIComponent(path.slice(9)));
		if (!found) throw new Problem(404, 'No such change', 'The history has no change of this id.');
		return found;
	}
	if (path === '/counts') {
		const by = query.get('by');
		return tally(changes.filter(matcher(query)).map((change) => {
			const value = group(change, by);
			const from = bucket(change.committedAt, query.get('bucket'), query.get('zone'));
			return [from + asText(value), { from, group: asText(value), ...(by.startsWith('context.') && { value }) }];
		}));
	}
	if (path === '/top') {
		const by = query.get('by');
		return tally(changes.filter(matcher(query)).map((change) => {
			const value = group(change, by);
			return [asText(value), { group: asText(value), ...(by.startsWith('context.') && { value }) }];
		})).sort((a, b) => b.count - a.count).slice(0, Number(query.get('limit') ?? 10));
	}
	if (path === '/records') return recordAt(query, query.get('at'));
	if (path === '/records/diff') {
		const before = recordAt(query, query.get('from')).values;
		const values = recordAt(query, query.get('to')).values;
		const columns = [...new Set([...Object.keys(before), ...Object.keys(values)])].filter((column) => !same(before[column], values[column]));
		return { before, values, diff: Object.fromEntries(columns.map((column) => [column, { old: before[column], new: values[column] }])) };
	}
	if (path.startsWith('/transactions/')) {
		const id = decodeURIComponent(path.slice(14));
		const found = changes.filter((change) => change.transactionId === id);
		if (found.length === 0) throw new Problem(404, 'No such transaction', `The history has no transaction ${id}.`);
		return { transactionId: id, committedAt: found[0].committedAt, metadata: found[0].metadata, changes: found };
	}
	if (path === '/revert/plan') return plan((await body(request)).selection);
	if (path === '/revert') {
		const { selection, reason, resolutions } = await body(request);
		if (request.headers['x-csrf-token'] !== 'mock') throw new Problem(403, 'Forbidden', 'The CSRF token is missing or wrong.');
		if (!reason) throw new Problem(400, 'No reason', 'Say why.');
		const { steps, conflicts } = plan(selection);
		if (conflicts.some((conflict) => !resolutions[conflict.kind])) throw new Problem(409, 'Conflicts', 'Somebody has changed these records since.', { conflicts });
		return { transactionId: changes.at(-1).transactionId, written: steps.length - conflicts.length, skipped: conflicts.length, conflicts };
	}
	if (path === '/embed/history') {
		const found = page(query);
		return { changes: found.changes.map(({ committedAt, operation, metadata, diff, masked }) => ({ committedAt, operation, user: metadata.user ?? null, diff, masked })), next: found.next };
	}
	throw new Problem(404, 'Not found', `There is no ${path}.`);
}

function stream(query, request, response) {
	response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
	response.write(': hello\n\n');
	const matches = matcher(query);
	const listener = (change) => matches(change) && response.write(`event: change\nid: ${change.id}\ndata: ${toJson(change)}\n\n`);
	listeners.add(listener);
	const beat = setInterval(() => response.write(': beat\n\n'), 15_000);
	request.on('close', () => {
		clearInterval(beat);
		listeners.delete(listener);
	});
}

const EMBED = (base) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A customer's page</title><meta name="viewport" content="width=device-width, initial-scale=1">
<script type="module" src="${base}/assets/bemi-history.js"></script></head><body><main><h1>Customer 2</h1>
<bemi-history schema="public" table="customer" record="2" api="${base}/api/v1" heading="What happened"></bemi-history></main></body></html>`;

createServer(async (request, response) => {
	const url = new URL(request.url, 'http://localhost');
	const send = (status, type, content, headers = {}) => {
		response.writeHead(status, { 'Content-Type': `${type}; charset=utf-8`, 'X-Content-Type-Options': 'nosniff', ...headers });
		response.end(content);
	};
	try {
		if (!(url.pathname + '/').startsWith(BASE + '/')) throw new Problem(404, 'Not found', `The page is at ${BASE}.`);
		const path = url.pathname.slice(BASE.length).replace(/\/$/, '');
		if (path.startsWith('/api/v1/')) {
			const rest = path.slice('/api/v1'.length);
			if (rest === '/changes/stream') return stream(url.searchParams, request, response);
			if (rest === '/export') {
				const found = changes.filter(matcher(url.searchParams));
				return send(200, 'application/jsonl', found.map(toJson).join('\n') + '\n', { 'Content-Disposition': `attachment; filename="changes.${url.searchParams.get('format')}"` });
			}
			if (MODE === 'slow') await new Promise((resolve) => setTimeout(resolve, 2000));
			return send(200, 'application/json', toJson(await api(rest, url.searchParams, request)), { 'Cache-Control': 'no-store' });
		}
		if (path === '/embed-demo') return send(200, 'text/html', EMBED(BASE), { 'Content-Security-Policy': CSP });
		if (path.startsWith('/assets/')) {
			const file = normalize(path).slice(1);
			return send(200, TYPES[extname(file)] ?? 'application/octet-stream', await readFile(join(PAGE, file)));
		}
		if (!ROUTES.includes(path.slice(1))) throw new Problem(404, 'Not found', `There is no ${path}.`);
		const index = await readFile(join(PAGE, 'index.html'), 'utf8');
		return send(200, 'text/html', index.replaceAll('"./', `"${BASE}/`).replaceAll('%BEMI_BASE%', BASE), { 'Content-Security-Policy': CSP });
	} catch (error) {
		const status = error.status ?? (error.code === 'ENOENT' ? 404 : 500);
		return send(status, 'application/problem+json', toJson({ type: 'about:blank', title: error.title ?? 'Failed', status, detail: error.message, ...error.more }));
	}
}).listen(PORT, () => console.log(`http://localhost:${PORT}${BASE}`));
