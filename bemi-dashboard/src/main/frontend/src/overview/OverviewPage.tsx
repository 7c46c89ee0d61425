import { useMemo, useState } from 'preact/hooks';
import { Heading } from '../components/Basics';
import { Moment, TextField } from '../changes/FilterBar';
import { readFilters, writeFilters, type Filters } from '../lib/filters';
import { href, navigate } from '../lib/router';
import { bucketFor, isInstant, RANGES } from '../lib/time';
import { ActivityCard } from './ActivityCard';
import { StatusCard } from './StatusCard';
import { TopCard } from './TopCard';

export interface Span {
	since: string;
	until: string;
}

/** How the pipeline does, and what has changed in a range of time. */
export function OverviewPage({ query }: { query: URLSearchParams }) {
	const filters = readFilters(query);
	const own = isInstant(filters.since ?? '') && isInstant(filters.until ?? '');
	const range = own ? null : (filters.range ?? '24h');
	const [round, setRound] = useState(0);
	const [choosing, setChoosing] = useState(own);
	const by = query.get('by') ?? 'operation';
	const key = query.get('key') ?? '_bemi.entryPoint';
	const span = useMemo<Span>(() => {
		if (!range) {
			return { since: filters.since!, until: filters.until! };
		}
		const now = Date.now();
		return { since: new Date(now - RANGES[range]!.seconds * 1000).toISOString(), until: new Date(now).toISOString() };
	}, [range, filters.since, filters.until, round]);

	const go = (more: Record<string, string | undefined>, time: Partial<Filters> = {}) => {
		const next = writeFilters({ ...filters, ...time });
		for (const [name, value] of Object.entries({ by: query.get('by') ?? undefined, key: query.get('key') ?? undefined, ...more })) {
			if (value) {
				next.set(name, value);
			}
		}
		navigate(href('', next), true);
	};

	return (
		<>
			<Heading
				aside={
					<>
						<div class="segments" role="group" aria-label="Range of time">
							{Object.entries(RANGES).map(([name, value]) => (
								<button
									key={name}
									type="button"
									aria-pressed={range === name}
									onClick={() => {
										setChoosing(false);
										setRound((before) => before + 1);
										go({}, { range: name, since: undefined, until: undefined });
									}}
								>
									{value.label}
								</button>
							))}
							<button type="button" aria-pressed={own} aria-expanded={choosing} onClick={() => setChoosing(!choosing)}>Custom</button>
						</div>
						<button type="button" class="button" onClick={() => setRound((before) => before + 1)}>Refresh</button>
					</>
				}
			>
				Overview
			</Heading>
			{choosing && (
				<div class="filters">
					<div class="filter-line">
						<Moment label="From" value={filters.since ?? span.since} set={(since) => since && go({}, { range: undefined, since, until: filters.until ?? span.until })} />
						<Moment label="To" value={filters.until ?? span.until} set={(until) => until && go({}, { range: undefined, since: filters.since ?? span.since, until })} />
					</div>
				</div>
			)}
			<StatusCard />
			<ActivityCard span={span} bucket={bucketFor(span.since, span.until)} by={by} setBy={(next) => go({ by: next })} />
			<div class="tops">
				<TopCard title="Tables" by="table" span={span} />
				<TopCard title="Users" by="context.user" span={span} />
				<TopCard title="Endpoints" by="context.endpoint" span={span} />
				<TopCard title="Busiest transactions" by="transaction" span={span} />
				<TopCard
					title="By context"
					by={`context.${key}`}
					span={span}
					control={<TextField label="Key of the context" value={key} suggestions={['_bemi.entryPoint', '_bemi.method', '_bemi.db.application', 'requestId']} set={(next) => go({ key: next })} />}
				/>
			</div>
		</>
	);
}
