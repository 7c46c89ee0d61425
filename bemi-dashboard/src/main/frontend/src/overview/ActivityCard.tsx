import { useEffect, useMemo, useState } from 'preact/hooks';
import { client } from '../api/client';
import type { Bucket } from '../api/types';
import { useLoad } from '../api/useLoad';
import { Empty, Failure, Loading } from '../components/Basics';
import { NO_FILTERS, writeFilters } from '../lib/filters';
import { href } from '../lib/router';
import { formatCount, plural, visible } from '../lib/text';
import { bucketEnd, bucketLabel, ZONE } from '../lib/time';
import { groupFilters, groupName, toBars, type Bars } from './groups';
import type { Span } from './OverviewPage';

interface Props {
	span: Span;
	bucket: Bucket;
	by: string;
	setBy: (by: string) => void;
}

const GROUPINGS = [['operation', 'Operation'], ['table', 'Table'], ['context.user', 'User']] as const;

type ChartComponent = typeof import('./Chart').Chart;

/** Changes over time, stacked. The chart is loaded when it is needed. */
export function ActivityCard({ span, bucket, by, setBy }: Props) {
	const query = useMemo(() => new URLSearchParams({ since: span.since, until: span.until }), [span]);
	const counts = useLoad(`${by} ${bucket} ${query}`, async (signal) => {
		const rows = await client.counts(query, by, bucket, ZONE, signal);
		return { by, bucket, bars: toBars(rows, span.since, span.until, bucket) };
	});
	const [Chart, setChart] = useState<ChartComponent | null>(null);
	useEffect(() => {
		void import('./Chart').then((module) => setChart(() => module.Chart), () => {});
	}, []);
	const data = counts.data;
	const total = data?.bars.series.reduce((sum, series) => sum + series.total, 0) ?? 0;
	return (
		<section class="card" aria-labelledby="activity-title" aria-busy={counts.loading}>
			<div class="card-head">
				<h2 id="activity-title">Changes over time {data && <span class="muted">{formatCount(total)}</span>}</h2>
				<div class="segments" role="group" aria-label="Stacked by">
					{GROUPINGS.map(([value, name]) => <button key={value} type="button" aria-pressed={by === value} onClick={() => setBy(value)}>{name}</button>)}
				</div>
			</div>
			{counts.error && <Failure error={counts.error} retry={counts.reload} />}
			{!data && counts.loading && <Loading what="the chart" rows={4} />}
			{data && total === 0 && <Empty title="Nothing changed in this range" />}
			{data && total > 0 && (
				<>
					{Chart ? <Chart bars={data.bars} bucket={data.bucket} by={data.by} span={span} /> : <div class="chart" />}
					<AsTable bars={data.bars} bucket={data.bucket} by={data.by} />
				</>
			)}
		</section>
	);
}

/** The same for those who do not see the chart, or have no mouse. */
function AsTable({ bars, bucket, by }: { bars: Bars; bucket: Bucket; by: string }) {
	const [open, setOpen] = useState(false);
	const rows = bars.starts.map((start, index) => ({ start, counts: bars.series.map((series) => series.counts[index]!) })).filter((row) => row.counts.some((count) => count > 0));
	const at = (start: string) => ({ since: start, until: bucketEnd(start, bucket) });
	return (
		<details class="collapsed" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
			<summary>As a table</summary>
			{open && (
				<div class="scroll" tabIndex={0} role="region" aria-label="Changes over time, as a table">
					<table class="numbers">
						<thead>
							<tr><th scope="col">Time</th>{bars.series.map((series) => <th key={series.group} scope="col">{visible(groupName(by, series.group))}</th>)}</tr>
						</thead>
						<tbody>
							{rows.map((row) => (
								<tr key={row.start}>
									<th scope="row"><a href={href('changes', writeFilters({ ...NO_FILTERS, ...at(row.start) }))}>{bucketLabel(row.start, bucket)}</a></th>
									{bars.series.map((series, index) => {
										const filters = groupFilters(by, series.group, series.value);
										const count = row.counts[index]!;
										return (
											<td key={series.group}>
												{filters && count > 0 ? <a href={href('changes', writeFilters({ ...filters, ...at(row.start) }))} aria-label={`${plural(count, 'change')}, ${groupName(by, series.group)}, ${bucketLabel(row.start, bucket)}`}>{formatCount(count)}</a> : formatCount(count)}
											</td>
										);
									})}
								</tr>
							))}
						</tbody>
					</table>
				</div>
			)}
		</details>
	);
}
