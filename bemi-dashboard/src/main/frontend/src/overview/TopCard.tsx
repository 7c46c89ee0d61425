import type { ComponentChildren } from 'preact';
import { client } from '../api/client';
import { useLoad } from '../api/useLoad';
import { Empty, Failure, Loading } from '../components/Basics';
import { writeFilters } from '../lib/filters';
import { href } from '../lib/router';
import { clip, formatCount, visible } from '../lib/text';
import { groupFilters, groupName } from './groups';
import type { Span } from './OverviewPage';

/** The groups that changed most, each with a link to its changes. */
export function TopCard({ title, by, span, control }: { title: string; by: string; span: Span; control?: ComponentChildren }) {
	const query = new URLSearchParams({ since: span.since, until: span.until });
	const top = useLoad(`${by} ${query}`, (signal) => client.top(query, by, 8, signal));
	const most = Math.max(1, ...(top.data ?? []).map((row) => row.count));
	const id = `top-${by.replace(/[^\w]/g, '-')}`;
	return (
		<section class="card" aria-labelledby={id} aria-busy={top.loading}>
			<h2 id={id}>{title}</h2>
			{control}
			{top.error && <Failure error={top.error} retry={top.reload} />}
			{!top.data && top.loading && <Loading what={title.toLowerCase()} rows={4} />}
			{top.data?.length === 0 && <Empty title="Nothing in this range" />}
			<ol class="top-list">
				{(top.data ?? []).map((row) => {
					const name = visible(clip(groupName(by, row.group), 80));
					const filters = groupFilters(by, row.group, row.value);
					const link = by === 'transaction' && row.group ? href('transaction', { id: row.group }) : filters && href('changes', writeFilters({ ...filters, ...span }));
					return (
						<li key={row.group ?? ''}>
							{link ? <a href={link} class="top-name" title={name}>{name}</a> : <span class="top-name none">{name}</span>}
							<span class="top-count">{formatCount(row.count)}</span>
							<span class="bar" aria-hidden="true"><span style={{ width: `${Math.max(1, (row.count / most) * 100)}%` }} /></span>
						</li>
					);
				})}
			</ol>
		</section>
	);
}
