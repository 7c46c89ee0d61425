import type { Status } from '../api/types';

export const STATE_WORDS: Record<Status['state'], string> = {
	CONNECTED: 'Connected', STANDBY: 'Standby', CONNECTING: 'Connecting', FAILED: 'Failed', OFF: 'Off',
};
