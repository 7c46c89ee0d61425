import { describe, expect, it } from 'vitest';
import { parseJson, type JsonObject } from '../src/lib/json';
import { identifier, text, toSql } from '../src/lib/sql';
import { change } from './changes';

describe('a change as SQL', () => {
	it('quotes names and texts', () => {
		expect(identifier('we"ird')).toBe('"we""ird"');
		expect(text("it's")).toBe("'it''s'");
		expect(text("a\\'b\n")).toBe("E'a\\\\''b\\x0a'");
	});

	it('finds the row by its key', () => {
		expect(toSql(change(), ['id'])).toBe('UPDATE "public"."todo"\nSET "task" = \'Eat well\'\nWHERE "id" = 7;');
	});

	it('finds the row by all old values where the key is not known', () => {
		expect(toSql(change({ before: { id: 7, task: null } }))).toBe('UPDATE "public"."todo"\nSET "task" = \'Eat well\'\nWHERE "id" = 7\n  AND "task" IS NULL;');
	});

	it('finds the row by its old key where the key has changed', () => {
		const moved = change({ values: { id: 8 }, before: { id: 7 }, changed: ['id'] });
		expect(toSql(moved, ['id'])).toBe('UPDATE "public"."todo"\nSET "id" = 8\nWHERE "id" = 7;');
	});

	it('inserts, deletes and truncates', () => {
		expect(toSql(change({ operation: 'CREATE', values: { id: 7, task: null, done: true }, before: {} }))).toBe('INSERT INTO "public"."todo" ("id", "task", "done")\nVALUES (7, NULL, true);');
		expect(toSql(change({ operation: 'CREATE', values: {}, before: {} }))).toBe('INSERT INTO "public"."todo" DEFAULT VALUES;');
		expect(toSql(change({ operation: 'DELETE', values: {} }), ['id'])).toBe('DELETE FROM "public"."todo"\nWHERE "id" = 7;');
		expect(toSql(change({ operation: 'TRUNCATE', values: {}, before: {} }))).toBe('TRUNCATE "public"."todo";');
	});

	it('keeps digits, arrays and JSON', () => {
		const values = parseJson('{"price": 1.10, "tags": ["a\'b"]}') as JsonObject;
		expect(toSql(change({ operation: 'CREATE', values }))).toBe(
			'INSERT INTO "public"."todo" ("price", "tags")\nVALUES (1.10, (jsonb_populate_record(NULL::"public"."todo", \'{"tags": ["a\'\'b"]}\'))."tags");',
		);
	});

	it('leaves out what is masked', () => {
		const masked = change({ values: { id: 7, task: null }, before: { id: 7, task: null }, changed: ['task'], masked: ['task'] });
		expect(toSql(masked)).toBe('-- Without masked columns: task\n-- public.todo 7: no column to set');
		expect(toSql({ ...masked, operation: 'DELETE' })).toBe('-- Without masked columns: task\nDELETE FROM "public"."todo"\nWHERE "id" = 7;');
		expect(toSql({ ...masked, masked: ['a\nDROP TABLE b;'] })).toMatch(/^-- Without masked columns: a DROP TABLE b;\n/);
	});

	it('never deletes more than is known', () => {
		expect(toSql(change({ operation: 'DELETE', values: {}, before: {} }))).toContain('WHERE false');
	});
});
