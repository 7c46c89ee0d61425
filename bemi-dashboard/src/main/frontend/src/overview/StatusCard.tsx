import type { ComponentChildren } from 'preact';
import { useSession } from '../shell/session';
import { STATE_WORDS } from '../shell/states';
import { Failure, Loading, Time } from '../components/Basics';
import { formatBytes, formatCount, plural, visible } from '../lib/text';
import { formatSeconds } from '../lib/time';

/** Whether changes are being recorded, how far behind, and what is missing. */
export function StatusCard() {
	const { status } = useSession();
	const data = status.data;
	if (!data) {
		return status.error ? <Failure error={status.error} retry={status.reload} /> : <Loading what="the status" rows={2} />;
	}
	const baseline = data.baseline;
	return (
		<section class="card" aria-labelledby="status-title">
			<h2 id="status-title" class="unseen">Pipeline</h2>
			{status.error && <Failure error={status.error} retry={status.reload} />}
			<div class="status">
				<div class={`state pulse-${data.state.toLowerCase()}`}>
					<p class="state-word"><span class="dot" aria-hidden="true" /> {STATE_WORDS[data.state] ?? data.state}</p>
					<p>{data.message}</p>
					{data.advice && <p class="advice">{data.advice}</p>}
				</div>
				<dl class="figures">
					<Figure name="Behind by">{data.lagSeconds === null ? '–' : formatSeconds(data.lagSeconds)}</Figure>
					<Figure name="Waiting">{data.lagBytes === null ? '–' : formatBytes(data.lagBytes)}</Figure>
					<Figure name="Last commit">{data.lastCommit ? <Time at={data.lastCommit} show="ago" /> : '–'}</Figure>
					{baseline && (
						<Figure name="Baseline">
							{baseline.completed} of {plural(baseline.tables, 'table')}
							{baseline.completed < baseline.tables && <progress max={baseline.tables} value={baseline.completed} aria-label="Tables whose baseline is complete" />}
							<span class="figure-note">{formatCount(baseline.rows)} rows</span>
						</Figure>
					)}
				</dl>
			</div>
			{data.gaps.length > 0 && (
				<div class="notice notice-failed">
					<p class="notice-title">{plural(data.gaps.length, 'gap')} in the history</p>
					<ul class="plain-list">
						{data.gaps.map((gap, index) => (
							<li key={index}>
								{gap.fromTime ? <Time at={gap.fromTime} /> : 'An unknown moment'} to {gap.toTime ? <Time at={gap.toTime} /> : 'an unknown moment'}: {visible(gap.reason)}
							</li>
						))}
					</ul>
				</div>
			)}
			{data.untracked.length > 0 && (
				<details class="collapsed">
					<summary>{plural(data.untracked.length, 'table is', 'tables are')} not recorded</summary>
					<ul class="plain-list">
						{data.untracked.map((table) => <li key={`${table.schema}.${table.table}`}><strong>{visible(`${table.schema}.${table.table}`)}</strong>: {visible(table.why)}</li>)}
					</ul>
				</details>
			)}
		</section>
	);
}

function Figure({ name, children }: { name: string; children: ComponentChildren }) {
	return <div class="figure"><dt>{name}</dt><dd>{children}</dd></div>;
}
