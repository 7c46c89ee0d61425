import { client } from '../api/client';
import { useLoad } from '../api/useLoad';
import { Failure, Loading, Time } from '../components/Basics';
import { Fields } from '../components/Diff';
import { compareInstants } from './Slider';
import { useSettled } from './StateAt';

/** What lies between two moments of a record, whichever of them is earlier. */
export function Compare({ schema, table, record, from, to }: { schema: string; table: string; record: string; from: string; to: string }) {
	const [earlier, later] = compareInstants(from, to) <= 0 ? [from, to] : [to, from];
	const key = useSettled(`${schema}\n${table}\n${record}\n${earlier}\n${later}`);
	const [, , , asked, askedTo] = key.split('\n');
	const diff = useLoad(key, (signal) => client.recordDiff(schema, table, record, asked!, askedTo!, signal));
	const data = diff.data;
	const none = data !== null && Object.keys(data.diff).length === 0;
	return (
		<div aria-busy={diff.loading}>
			<h2 id="state-title">From <Time at={earlier} /> to <Time at={later} /></h2>
			{diff.error && <Failure error={diff.error} retry={diff.reload} />}
			{!data && diff.loading && <Loading what="the difference" />}
			{none && <p class="absent">Nothing differs between these moments.</p>}
			{data && <Fields diff={data.diff} masked={data.masked} unchanged={Object.fromEntries(Object.entries(data.values).filter(([name]) => !Object.hasOwn(data.diff, name)))} />}
		</div>
	);
}
