import type { Operation } from '../api/types';
import { OPERATIONS } from '../api/types';
import { isObject, parseJson, writeJson, type Json } from './json';
import { isInstant, RANGES } from './time';

/** The filters of a list. Their names in the page's URL are those of the API's query parameters. */
export interface Filters {
	schema?: string;
	table?: string;
	record?: string;
	operations: Operation[];
	changed: string[];
	/** JSON, as text. */
	changedFrom?: string;
	/** JSON, as text. */
	changedTo?: string;
	/** Dotted path and value, which is JSON if it parses, else text. */
	context: [key: string, value: string][];
	since?: string;
	until?: string;
	/** A range that ends now (`24h`), instead of since and until. */
	range?: string;
	transaction?: string;
	trace?: string;
	request?: string;
	/** A JSON object, as text. */
	values?: string;
	/** A JSON object, as text. */
	before?: string;
	text?: string;
}

type Single = Exclude<keyof Filters, 'operations' | 'changed' | 'context'>;

const SINGLE: readonly Single[] = [
	'schema', 'table', 'record', 'changedFrom', 'changedTo', 'since', 'until', 'range',
	'transaction', 'trace', 'request', 'values', 'before', 'text',
];
const CONTEXT = 'context.';

export const NO_FILTERS: Filters = { operations: [], changed: [], context: [] };

/** Reads the filters of a URL; what it does not know, it leaves out. */
export function readFilters(query: URLSearchParams): Filters {
	const filters: Filters = { operations: [], changed: query.getAll('changed').filter(Boolean), context: [] };
	for (const name of SINGLE) {
		const value = query.get(name);
		if (value) {
			filters[name] = value;
		}
	}
	if (filters.range && !Object.hasOwn(RANGES, filters.range)) {
		delete filters.range;
	}
	filters.operations = OPERATIONS.filter((operation) => query.getAll('operation').includes(operation));
	for (const [name, value] of query) {
		if (name.startsWith(CONTEXT) && name.length > CONTEXT.length && value) {
			filters.context.push([name.slice(CONTEXT.length), value]);
		}
	}
	return filters;
}

/** Writes the filters for the page's URL. The order is fixed, so that equal filters have equal URLs. */
export function writeFilters(filters: Filters): URLSearchParams {
	const query = new URLSearchParams();
	for (const name of SINGLE) {
		const value = filters[name];
		if (value) {
			query.set(name, value);
		}
	}
	filters.operations.forEach((operation) => query.append('operation', operation));
	filters.changed.forEach((column) => query.append('changed', column));
	filters.context.forEach(([key, value]) => query.append(CONTEXT + key, value));
	return query;
}

/** Writes the filters for the API: a range becomes its start. */
export function apiQuery(filters: Filters, now = Date.now()): URLSearchParams {
	const { range, ...rest } = filters;
	const seconds = range ? RANGES[range]?.seconds : undefined;
	if (!seconds) {
		return writeFilters(rest);
	}
	// Text is searched between two moments only.
	const until = filters.text ? new Date(now).toISOString() : undefined;
	return writeFilters({ ...rest, since: new Date(now - seconds * 1000).toISOString(), until });
}

/** The filters as the API takes them within JSON: a name that occurs more than once has an array. */
export function apiObject(query: URLSearchParams): Record<string, string | string[]> {
	const result: Record<string, string | string[]> = {};
	for (const name of new Set(query.keys())) {
		const values = query.getAll(name);
		result[name] = values.length === 1 ? values[0]! : values;
	}
	return result;
}

export function isEmpty(filters: Filters): boolean {
	return writeFilters(filters).size === 0;
}

/** How a value of a context is written in a filter: text stays text, also where it looks like JSON. */
export function contextValue(value: Json): string {
	if (typeof value !== 'string') {
		return writeJson(value);
	}
	return value === '' || parses(value) ? JSON.stringify(value) : value;
}

function parses(text: string): boolean {
	try {
		parseJson(text);
		return true;
	} catch {
		return false;
	}
}

export function withContext(filters: Filters, key: string, value: Json): Filters {
	const context = filters.context.filter(([name]) => name !== key);
	return { ...filters, context: [...context, [key, contextValue(value)]] };
}

/** What is wrong with the filters and would be refused, by field; empty where nothing is. */
export function problems(filters: Filters): Partial<Record<keyof Filters, string>> {
	const found: Partial<Record<keyof Filters, string>> = {};
	for (const name of ['values', 'before'] as const) {
		if (filters[name] && !isJsonObject(filters[name])) {
			found[name] = 'Write a JSON object, such as {"status": "open"}';
		}
	}
	for (const name of ['changedFrom', 'changedTo'] as const) {
		if (filters[name] && !parses(filters[name])) {
			found[name] = 'Write JSON: text in double quotes, or a number, true, false, null';
		} else if (filters[name] && filters.changed.length !== 1) {
			found[name] = 'Name the one field that changed';
		}
	}
	const bounded = filters.range || (filters.since && filters.until);
	if (filters.text && !bounded) {
		found.text = 'Text is searched within a range of time: choose one';
	}
	for (const name of ['since', 'until'] as const) {
		if (filters[name] && !isInstant(filters[name])) {
			found[name] = 'Write a moment, such as 2026-01-31T12:00:00Z';
		}
	}
	if (filters.since && filters.until && Date.parse(filters.since) >= Date.parse(filters.until)) {
		found.until = 'The end must be after the start';
	}
	return found;
}

function isJsonObject(text: string): boolean {
	try {
		return isObject(parseJson(text));
	} catch {
		return false;
	}
}

/** One removable part of the filters, in words. */
export interface Part {
	label: string;
	value: string;
	without: Filters;
}

const LABELS: Record<Single, string> = {
	schema: 'schema', table: 'table', record: 'record', changedFrom: 'from', changedTo: 'to', since: 'since', until: 'until', range: 'last',
	transaction: 'transaction', trace: 'trace', request: 'request', values: 'after has', before: 'before has', text: 'text',
};

export function parts(filters: Filters): Part[] {
	const result: Part[] = [];
	if (filters.table) {
		const { schema, table, ...without } = filters;
		result.push({ label: 'table', value: !schema || schema === 'public' ? table! : `${schema}.${table}`, without });
	}
	for (const name of SINGLE) {
		const value = filters[name];
		if (value && !(filters.table && (name === 'table' || name === 'schema'))) {
			const shown = name === 'range' ? RANGES[value]!.label.toLowerCase() : value;
			result.push({ label: LABELS[name], value: shown, without: { ...filters, [name]: undefined } });
		}
	}
	filters.operations.forEach((operation) =>
		result.push({
			label: 'operation',
			value: operation.toLowerCase(),
			without: { ...filters, operations: filters.operations.filter((other) => other !== operation) },
		}),
	);
	filters.changed.forEach((column) =>
		result.push({ label: 'changed', value: column, without: { ...filters, changed: filters.changed.filter((other) => other !== column) } }),
	);
	filters.context.forEach((entry) =>
		result.push({ label: entry[0], value: entry[1], without: { ...filters, context: filters.context.filter((other) => other !== entry) } }),
	);
	return result;
}
