import { client } from '../api/client';

/** Links to what a list shows, as files: all of it, not only what has been loaded. */
export function ExportLinks({ query }: { query: URLSearchParams }) {
	return (
		<>
			<a class="button" href={client.exportUrl(query, 'csv')} download><span><span class="wide">Export </span>CSV</span></a>
			<a class="button" href={client.exportUrl(query, 'jsonl')} download><span><span class="wide">Export </span>JSON Lines</span></a>
		</>
	);
}
