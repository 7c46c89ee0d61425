import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Load } from '../api/useLoad';
import type { Me, Status, TableInfo } from '../api/types';

/** What every screen may need: who looks, what is tracked, and how the pipeline does. */
export interface Session {
	me: Me;
	tables: TableInfo[];
	status: Load<Status>;
}

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
	const session = useContext(SessionContext);
	if (!session) {
		throw new Error('Used outside of a session');
	}
	return session;
}
