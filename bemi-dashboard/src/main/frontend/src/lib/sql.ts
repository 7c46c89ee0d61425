import type { Change } from '../api/types';
import { Exact, writeJson, type Json, type JsonObject } from './json';

/** An identifier as SQL has it, quoted. */
export function identifier(name: string): string {
	return `"${name.replaceAll('"', '""')}"`;
}

/** A text as SQL has it; with backslashes or control characters as an E'' text, which every setting reads alike. */
export function text(value: string): string {
	if (!/[\\\u0000-\u001f]/.test(value)) {
		return `'${value.replaceAll("'", "''")}'`;
	}
	const escaped = value
		.replaceAll('\\', '\\\\')
		.replaceAll("'", "''")
		.replace(/[\u0000-\u001f]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
	return `E'${escaped}'`;
}

/**
 * The statement that does again what a change did, to be read or tried elsewhere. Its literals are texts that the
 * column's type reads; arrays and JSON go through `jsonb_populate_record`, which knows the column's type.
 * Rows are found by the key where it is known, else by all old values. Columns that are masked are left out.
 */
export function toSql(change: Change, key?: readonly string[]): string {
	if (change.masked.length > 0) {
		const shown = (row: JsonObject) => Object.fromEntries(Object.entries(row).filter(([column]) => !change.masked.includes(column)));
		const rest = { ...change, values: shown(change.values), before: shown(change.before), changed: change.changed.filter((column) => !change.masked.includes(column)), masked: [] };
		return `-- Without masked columns: ${oneLine(change.masked.join(', '))}\n${toSql(rest, key)}`;
	}
	const table = `${identifier(change.schema)}.${identifier(change.table)}`;
	const row = Object.keys(change.before).length > 0 ? change.before : change.values;
	switch (change.operation) {
		case 'CREATE': {
			const columns = Object.keys(change.values);
			if (columns.length === 0) {
				return `INSERT INTO ${table} DEFAULT VALUES;`;
			}
			const values = columns.map((column) => literal(table, column, change.values[column]!));
			return `INSERT INTO ${table} (${columns.map(identifier).join(', ')})\nVALUES (${values.join(', ')});`;
		}
		case 'UPDATE': {
			const columns = change.changed.filter((column) => Object.hasOwn(change.values, column));
			const set = columns.map((column) => `${identifier(column)} = ${literal(table, column, change.values[column]!)}`);
			return set.length === 0 ? `-- ${oneLine(`${change.schema}.${change.table} ${change.primaryKey ?? ''}`)}: no column to set` : `UPDATE ${table}\nSET ${set.join(', ')}\n${where(table, row, key)};`;
		}
		case 'DELETE':
			return `DELETE FROM ${table}\n${where(table, row, key)};`;
		case 'TRUNCATE':
			return `TRUNCATE ${table};`;
	}
}

/** Stored text for a comment, which must not end early. */
function oneLine(value: string): string {
	return value.replace(/[\r\n]+/g, ' ').trim();
}

function where(table: string, row: JsonObject, key?: readonly string[]): string {
	const known = key && key.length > 0 && key.every((column) => Object.hasOwn(row, column));
	const columns = known ? key : Object.keys(row);
	if (columns.length === 0) {
		return 'WHERE false -- the old row is not known';
	}
	return 'WHERE ' + columns.map((column) => condition(table, column, row[column]!)).join('\n  AND ');
}

function condition(table: string, column: string, value: Json): string {
	return value === null ? `${identifier(column)} IS NULL` : `${identifier(column)} = ${literal(table, column, value)}`;
}

function literal(table: string, column: string, value: Json): string {
	if (value === null) {
		return 'NULL';
	}
	if (typeof value === 'string') {
		return text(value);
	}
	if (typeof value === 'object' && !(value instanceof Exact)) {
		return `(jsonb_populate_record(NULL::${table}, ${text(writeJson({ [column]: value }))})).${identifier(column)}`;
	}
	return String(value);
}
