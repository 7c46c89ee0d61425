import type { Selection } from '../api/types';
import { apiObject, apiQuery, isEmpty, readFilters } from '../lib/filters';

/** What the URL of the screen asks to revert; null where it does not say enough. */
export function readSelection(query: URLSearchParams): Selection | null {
	const id = query.get('id');
	switch (query.get('of')) {
		case 'transaction':
			return id ? { transaction: id } : null;
		case 'request':
			return id ? { request: id } : null;
		case 'record': {
			const [schema, table, key, at] = ['schema', 'table', 'record', 'at'].map((name) => query.get(name));
			return schema && table && key && at ? { record: { schema, table, key, at } } : null;
		}
		case 'filters': {
			const filters = readFilters(query);
			return isEmpty(filters) ? null : { filters: apiObject(apiQuery(filters)) };
		}
		default:
			return null;
	}
}
