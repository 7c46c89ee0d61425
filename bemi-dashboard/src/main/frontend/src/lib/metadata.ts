import type { Change, Operation } from '../api/types';
import { isObject, writeJson, type Json, type JsonObject } from './json';

export interface Fact {
	/** Dotted path, as a filter takes it. */
	key: string;
	label: string;
	value: Json;
	/** Whether a filter can ask for it: not where a key is empty, or has a quote. */
	filterable: boolean;
}

const FIRST = ['user', 'endpoint', 'requestId'];

/** The facts of a context, one by one: user, endpoint and request first, what Bemi itself notes last. */
export function facts(metadata: JsonObject): Fact[] {
	const keys = Object.keys(metadata);
	const order = [...FIRST.filter((key) => keys.includes(key)), ...keys.filter((key) => !FIRST.includes(key) && key !== '_bemi')];
	const result: Fact[] = [];
	order.forEach((key) => collect(result, [key], metadata[key]!));
	if (isObject(metadata['_bemi'])) {
		collect(result, ['_bemi'], metadata['_bemi']);
	}
	return result;
}

function collect(result: Fact[], path: string[], value: Json): void {
	if (isObject(value) && Object.keys(value).length > 0) {
		Object.entries(value).forEach(([key, item]) => collect(result, [...path, key], item));
		return;
	}
	// A key that has dots itself is quoted.
	const quoted = path.map((part) => (part.includes('.') ? `"${part}"` : part));
	const key = quoted.join('.');
	const label = path[0] === '_bemi' ? quoted.slice(1).join('.') || key : key;
	result.push({ key, label, value, filterable: path.every((part) => part !== '' && !part.includes('"')) });
}

export function textOf(value: Json | undefined): string | null {
	return value === undefined || value === null ? null : typeof value === 'string' ? value : writeJson(value);
}

/** Who did it: the user of the context, else the database's. */
export function who(metadata: JsonObject): string | null {
	const user = textOf(metadata['user']);
	if (user) {
		return user;
	}
	const bemi = metadata['_bemi'];
	const database = isObject(bemi) && isObject(bemi['db']) ? textOf(bemi['db']['user']) : null;
	return database ? `database user ${database}` : null;
}

export function traceOf(metadata: JsonObject): string | null {
	const bemi = metadata['_bemi'];
	return isObject(bemi) ? textOf(bemi['traceId']) : null;
}

export function requestOf(metadata: JsonObject): string | null {
	return textOf(metadata['requestId']);
}

const WORDS: Record<Operation, string> = { CREATE: 'Created', UPDATE: 'Updated', DELETE: 'Deleted', TRUNCATE: 'Truncated' };

export function operationWord(operation: Operation): string {
	return WORDS[operation] ?? operation;
}

/** The record's name as it is read aloud: `todo 26`. */
export function recordName(change: Pick<Change, 'table' | 'primaryKey'>): string {
	return change.primaryKey === null ? change.table : `${change.table} ${change.primaryKey}`;
}
