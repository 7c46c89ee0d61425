import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useSession } from '../shell/session';
import { announce, Empty, Failure, Heading, Loading } from '../components/Basics';
import { ExportLinks } from '../components/ExportLinks';
import { apiQuery, isEmpty, problems, readFilters, writeFilters, type Filters } from '../lib/filters';
import { isNowhere } from '../lib/focus';
import { href, navigate } from '../lib/router';
import { plural } from '../lib/text';
import { ChangeDays } from './ChangeDays';
import { FilterBar } from './FilterBar';
import { useChanges, type ChangeList } from './useChanges';

/** All changes that answer the filters of the URL, newest first. */
export function ChangesPage({ query }: { query: URLSearchParams }) {
	const { me } = useSession();
	const text = query.toString();
	const filters = useMemo(() => readFilters(new URLSearchParams(text)), [text]);
	const [paused, setPaused] = useState(false);
	const wrong = problems(filters);
	const asked = useMemo(() => apiQuery(filters).toString(), [filters]);
	const days = useRef<HTMLDivElement>(null);
	const right = Object.keys(wrong).length === 0;
	const ended = Boolean(filters.until || filters.text);
	const list = useChanges(right ? asked : null, !paused && !ended, () => scrollY > 160 || holdsFocus(days.current));
	const exported = new URLSearchParams(asked);
	const answered = right && list.error?.status !== 400;

	return (
		<>
			<Heading
				aside={
					<>
						<Live list={list} paused={paused} setPaused={setPaused} ended={ended || !answered} />
						{answered && <ExportLinks query={exported} />}
						{me.canRevert && answered && !isEmpty(filters) && <a class="button" href={href('revert', revertQuery(asked))}>Revert these …</a>}
					</>
				}
			>
				Changes
			</Heading>
			<FilterBar filters={filters} wrong={wrong} apply={(next) => navigate(href('changes', writeFilters(next)))} />
			<NewOnes list={list} goOn={() => days.current?.querySelector<HTMLElement>('.row-head')?.focus({ preventScroll: true })} />
			<div ref={days}>
				{list.changes && <ChangeDays changes={list.changes} filters={filters} fresh={list.fresh} />}
			</div>
			{right ? <Foot list={list} filters={filters} /> : <Empty title="Nothing is asked yet">Mend the filters that are marked above.</Empty>}
		</>
	);
}

function revertQuery(asked: string): URLSearchParams {
	const query = new URLSearchParams(asked);
	query.set('of', 'filters');
	return query;
}

function holdsFocus(element: Element | null): boolean {
	return element !== null && element.contains(document.activeElement);
}

function Live({ list, paused, setPaused, ended }: { list: ChangeList; paused: boolean; setPaused: (paused: boolean) => void; ended: boolean }) {
	if (ended) {
		return null;
	}
	const word = paused ? 'Paused' : list.stream === 'live' ? 'Live' : list.stream === 'broken' ? 'Reconnecting' : 'Connecting';
	return (
		<button type="button" class={`button live live-${paused ? 'off' : list.stream}`} aria-pressed={!paused} onClick={() => setPaused(!paused)} title={paused ? 'Show changes as they come' : 'Stop showing changes as they come'}>
			<span class="dot" aria-hidden="true" /> {word}
		</button>
	);
}

/** Says that there are newer ones, without moving what is being read. */
function NewOnes({ list, goOn }: { list: ChangeList; goOn: () => void }) {
	const said = useRef(0);
	useLayoutEffect(() => {
		if (list.waiting === 0 && said.current > 0 && isNowhere()) {
			goOn();
		}
		if (list.waiting > 0 && said.current === 0) {
			announce(`${plural(list.waiting, 'new change')}. A button above the list shows them.`);
		}
		said.current = list.waiting;
	}, [list.waiting]);
	if (list.waiting === 0) {
		return null;
	}
	return (
		<div class="new-ones">
			<button
				type="button"
				class="button button-accent"
				onClick={() => {
					list.showWaiting();
					scrollTo(0, 0);
				}}
			>
				Show {plural(list.waiting, 'new change')}
			</button>
		</div>
	);
}

function Foot({ list, filters }: { list: ChangeList; filters: Filters }) {
	const end = useRef<HTMLDivElement>(null);
	const latest = useRef(list);
	latest.current = list;
	const watch = list.more && !list.loading && !list.error;
	useEffect(() => {
		if (!watch || !end.current) {
			return undefined;
		}
		const observer = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && latest.current.loadMore(), { rootMargin: '600px' });
		observer.observe(end.current);
		return () => observer.disconnect();
	}, [watch]);

	if (list.error) {
		return <Failure error={list.error} retry={list.retry} />;
	}
	if (list.loading) {
		return <Loading what="changes" rows={list.changes ? 3 : 12} />;
	}
	if (list.changes?.length === 0) {
		return isEmpty(filters) ? (
			<Empty title="Nothing has changed yet">As soon as a tracked table is written to, its changes are here.</Empty>
		) : (
			<Empty title="No change answers these filters">
				<a href={href('changes')}>Clear all filters</a>
			</Empty>
		);
	}
	return (
		<div ref={end} class="foot">
			{list.more ? <button type="button" class="button" onClick={list.loadMore}>Load older changes</button> : <span class="muted">That is all: {plural(list.changes?.length ?? 0, 'change')}.</span>}
		</div>
	);
}
