// A made-up history, the same at each start but for its distance from now.

/** A small generator of numbers that look random. */
function generator(seed) {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let value = Math.imul(state ^ (state >>> 15), 1 | state);
		value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
		return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
	};
}

const random = generator(20);
const pick = (list) => list[Math.floor(random() * list.length)];

export const TABLES = [
	{ database: 'shop', schema: 'public', table: 'customer', columns: ['id', 'name', 'email', 'tier', 'address', 'note'], hasKey: true, key: ['id'] },
	{ database: 'shop', schema: 'public', table: 'invoice', columns: ['id', 'customer_id', 'status', 'total', 'due_on', 'lines'], hasKey: true, key: ['id'] },
	{ database: 'shop', schema: 'public', table: 'todo', columns: ['id', 'task', 'isCompleted', 'tags'], hasKey: true, key: ['id'] },
	{ database: 'shop', schema: 'stock', table: 'item_at', columns: ['place', 'item', 'count'], hasKey: true, key: ['place', 'item'] },
	{ database: 'shop', schema: 'public', table: 'import_raw', columns: ['line'], hasKey: false },
];

const PEOPLE = ['Ann Meyer', 'Jonas Weber', 'Priya Nair', 'Tom Becker', 'Lucía Ortega', 'Mats Lindqvist'];
const USERS = ['ann', 'jonas', 'priya', 'support-bot'];
const TASKS = ['Call the supplier', 'Send the contract', 'Check the delivery', 'Order new labels', 'Prepare the audit', 'Answer the complaint'];
const NOTES = [
	'Prefers to be called in the morning. The delivery address is the warehouse in the yard, not the office; ask for Mr. Hansen at the gate. Invoices go to accounting by mail.',
	'Prefers to be called in the afternoon. The delivery address is the warehouse in the yard, not the office; ask for Ms. Okafor at the gate. Invoices go to accounting by mail, with the order number.',
	'<script>alert("stored")</script> & <b>bold</b> are texts here.',
];

const rows = new Map();
export const changes = [];
let serial = 0;
let transaction = 7400;
const nextId = { customer: 1, invoice: 1001, todo: 1 };

function put(context, moment, schema, table, key, operation, values, metadataMore = {}) {
	const name = `${schema}.${table} ${key}`;
	const before = rows.get(name) ?? {};
	const now = operation === 'DELETE' ? {} : { ...before, ...values };
	const columns = [...new Set([...Object.keys(before), ...Object.keys(now)])];
	const differing = columns.filter((column) => JSON.stringify(before[column]) !== JSON.stringify(now[column]));
	const diff = Object.fromEntries(
		differing.map((column) => [column, { ...(column in before && { old: before[column] }), ...(column in now && { new: now[column] }) }]),
	);
	serial++;
	const masked = table === 'customer' && differing.includes('email') && operation === 'UPDATE' ? ['email'] : [];
	changes.push({
		id: `1-${String(serial).padStart(8, '0')}`,
		database: 'shop',
		schema,
		table,
		primaryKey: key,
		operation,
		committedAt: new Date(moment).toISOString().replace('Z', String(serial % 1000).padStart(3, '0') + 'Z'),
		transactionId: String(transaction),
		position: `0/${(0x1a2b00 + serial * 96).toString(16).toUpperCase()}`,
		values: now,
		before: operation === 'CREATE' ? {} : before,
		changed: operation === 'UPDATE' ? differing : [],
		unknown: [],
		metadata: { ...context, ...metadataMore },
		diff: Object.fromEntries(Object.entries(diff).filter(([column]) => !masked.includes(column))),
		masked,
	});
	if (operation === 'DELETE') {
		rows.delete(name);
	} else {
		rows.set(name, now);
	}
	return now;
}

function context(endpoint) {
	serial += 0;
	const number = transaction;
	const user = pick(USERS);
	return {
		user,
		endpoint,
		requestId: `r-${number}`,
		tenant: pick(['north', 'south']),
		_bemi: {
			entryPoint: 'HTTP', method: endpoint.split(' ')[0], traceId: (number * 7919).toString(16).padStart(32, '4bf92f35'), spanId: (number * 31).toString(16).padStart(16, '0'),
			db: { user: 'shop', application: 'shop-api', address: '10.0.3.17' },
		},
	};
}

const key = (table) => pick([...rows.keys()].filter((name) => name.startsWith(`public.${table} `)))?.split(' ')[1];

/** One transaction, of one of the kinds that the shop knows. */
export function happen(moment) {
	transaction += 1 + Math.floor(random() * 3);
	const first = changes.length;
	const kind = random();
	if (kind < 0.16 || nextId.customer < 4) {
		const id = nextId.customer++;
		const who = pick(PEOPLE);
		put(context('POST /customers'), moment, 'public', 'customer', String(id), 'CREATE', {
			id, name: who, email: `${who.split(' ')[0].toLowerCase()}@example.com`, tier: 'basic',
			address: { street: `${pick(['Harbour', 'Mill', 'Garden'])} Street ${1 + Math.floor(random() * 90)}`, city: pick(['Hamburg', 'Oslo', 'Porto']), geo: { lat: 53.55, lon: 9.99 } }, note: null,
		});
	} else if (kind < 0.34) {
		const id = nextId.invoice++;
		const customer = key('customer');
		const ctx = context('POST /invoices');
		put(ctx, moment, 'public', 'invoice', String(id), 'CREATE', {
			id, customer_id: Number(customer), status: 'draft', total: RAW(`${100 + Math.floor(random() * 900)}.${pick(['10', '50', '00'])}`), due_on: '2026-12-31',
			lines: [{ item: 'label', count: 3 }, { item: 'box', count: 1 + Math.floor(random() * 9) }],
		});
		const place = pick(['A', 'B', 'C']);
		const stock = `["${place}", "box"]`;
		const had = rows.get(`stock.item_at ${stock}`);
		put(ctx, moment, 'stock', 'item_at', stock, had ? 'UPDATE' : 'CREATE', { place, item: 'box', count: (had?.count ?? 400) - 1 });
		put(ctx, moment, 'public', 'customer', customer, 'UPDATE', { tier: pick(['basic', 'plus', 'gold']), note: pick(NOTES) });
	} else if (kind < 0.56 && key('invoice')) {
		const id = key('invoice');
		const invoice = rows.get(`public.invoice ${id}`);
		put(context('PUT /invoices/{id}'), moment, 'public', 'invoice', id, 'UPDATE', { status: pick(['sent', 'paid', 'overdue']), lines: [...invoice.lines.slice(0, 1), { item: 'box', count: 1 + Math.floor(random() * 9) }] });
	} else if (kind < 0.72) {
		const id = nextId.todo++;
		put(context('POST /todos'), moment, 'public', 'todo', String(id), 'CREATE', { id, task: pick(TASKS), isCompleted: false, tags: ['office'] });
	} else if (kind < 0.9 && key('todo')) {
		const id = key('todo');
		const todo = rows.get(`public.todo ${id}`);
		put(context('PUT /todos/{id}'), moment, 'public', 'todo', id, 'UPDATE', random() < 0.5 ? { isCompleted: !todo.isCompleted } : { task: `${pick(TASKS)} before ${pick(['noon', 'Friday', 'the holidays'])}`, tags: ['office', pick(['urgent', 'later'])] });
	} else if (kind < 0.95 && key('todo')) {
		put(context('DELETE /todos/{id}'), moment, 'public', 'todo', key('todo'), 'DELETE', {});
	} else if (key('customer')) {
		const id = key('customer');
		put({ _bemi: { db: { user: 'dba', application: 'psql', address: null } } }, moment, 'public', 'customer', id, 'UPDATE', { email: 'changed@example.com', tier: 'gold' });
	}
	return changes.slice(first);
}

/** A number that must keep its digits: written to JSON as it is. */
function RAW(text) {
	return { __raw: text };
}

/** JSON with the digits of such numbers. */
export function toJson(value) {
	return JSON.stringify(value).replace(/\{"__raw":"([^"]+)"\}/g, '$1');
}

const DAY = 86_400_000;

/** Fills the history with the last 60 days, busier at noon. */
export function fill(now) {
	const start = now - 60 * DAY;
	for (let moment = start; moment < now - 60_000; ) {
		const hour = new Date(moment).getUTCHours();
		const busy = hour >= 7 && hour <= 17 ? 1 : 0.15;
		happen(moment);
		moment += ((0.2 + random()) * 3_600_000 * 1.6) / busy / (moment > now - DAY ? 4 : 1);
	}
	// A long import, for the busiest transaction and for endless lists.
	transaction += 1;
	const ctx = { ...context('POST /imports'), user: 'support-bot', job: { name: 'nightly import', attempt: 2 } };
	for (let index = 0; index < 140; index++) {
		const id = nextId.todo++;
		put(ctx, now - 5 * 3_600_000, 'public', 'todo', String(id), 'CREATE', { id, task: `Check the line ${index + 1} of the import`, isCompleted: false, tags: [] });
	}
	for (let moment = now - 4.5 * 3_600_000; moment < now - 60_000; moment += (0.2 + random()) * 900_000) {
		happen(moment);
	}
	transaction += 1;
	serial++;
	changes.push({
		id: `1-${String(serial).padStart(8, '0')}`, database: 'shop', schema: 'public', table: 'import_raw', primaryKey: null, operation: 'TRUNCATE',
		committedAt: new Date(now - 50_000).toISOString().replace('Z', '004Z'), transactionId: String(transaction), position: '0/2A00FF', values: {}, before: {}, changed: [], unknown: [],
		metadata: { user: 'support-bot', _bemi: { entryPoint: 'SCHEDULED', method: 'Imports.clean' } }, diff: {}, masked: [],
	});
	changes.sort((a, b) => (a.committedAt < b.committedAt ? -1 : 1));
	changes.forEach((change, index) => {
		change.id = `1-${String(index + 1).padStart(8, '0')}`;
	});
	serial = changes.length;
}
