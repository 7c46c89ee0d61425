import type { Change } from '../src/api/types';

/** A change for tests: an update of a todo by ann, but for what is given. */
export function change(more: Partial<Change> = {}): Change {
	return {
		id: '1-1', database: 'shop', schema: 'public', table: 'todo', primaryKey: '7', operation: 'UPDATE', committedAt: '2026-11-29T10:00:00.123456Z',
		transactionId: '123', position: '0/1A2B',
		values: { id: 7, task: 'Eat well', isCompleted: false }, before: { id: 7, task: 'Eat', isCompleted: false }, changed: ['task'], unknown: [],
		metadata: { user: 'ann', requestId: 'r-1', _bemi: { traceId: 'abc' } }, diff: { task: { old: 'Eat', new: 'Eat well' } }, masked: [],
		...more,
	};
}
