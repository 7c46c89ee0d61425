import { client } from '../api/client';

/** Links to what a list shows, as files: all of it, not only what has been loaded. */
export function ExportLinks({ query }: { query: URLSearchParams }) {
	return (
		<>
			<a class="button" href={client.exportUrl(query, 'csv')} download>Export CSV</a>
			<a class="button" href={client.exportUrl(query, 'jsonl')} download>Export JSON Lines</a>
		</>
	);
}
