import { client } from '../api/client';
import { useLoad } from '../api/useLoad';
import { Failure, Heading, Loading } from '../components/Basics';
import { ChangeDetail, changeName } from '../components/ChangeRow';
import { visible } from '../lib/text';

/** One change, to be linked to. */
export function ChangePage({ id }: { id: string }) {
	const change = useLoad(`change ${id}`, (signal) => client.change(id, signal));
	return (
		<>
			<Heading>{change.data ? visible(changeName(change.data)) : 'Change'}</Heading>
			{change.error && <Failure error={change.error} retry={change.reload} />}
			{change.loading && !change.data && <Loading what="the change" />}
			{change.data && <div class="card"><ChangeDetail change={change.data} /></div>}
		</>
	);
}
