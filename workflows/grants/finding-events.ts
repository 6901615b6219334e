import type { Instant } from '../shared/instants.ts'
import type { Missed, Sighted } from './finding-context.ts'

export type At = { at: Instant }
/** `endSessions`: the charter asks that the end of access ends the holder's sessions too. */
export type Ending = { endSessions?: boolean; at: Instant }
export type FindingEvent =
	/** Entra shows it again. */
	| ({ type: 'SIGHTED' } & Sighted)
	/** It was looked for where it stood, and is not there. */
	| ({ type: 'MISSED'; why: Missed } & Ending)
	| { type: 'TAKE'; actorId: string; at: Instant }
	| { type: 'REMOVE'; actorId: string; at: Instant }
	| { type: 'ACCEPT'; actorId: string; until: Instant; at: Instant }
	/** The guard against mass removal lets it pass, or holds it. */
	| { type: 'START'; at: Instant }
	| { type: 'HOLD'; at: Instant }
	| { type: 'ASK_RELEASE'; actorId: string; at: Instant }
	| { type: 'RELEASE'; actorId: string; at: Instant }
	| { type: 'POSTPONED'; until: Instant; code: string; at: Instant }
	| { type: 'KILL_SWITCH'; code: string; at: Instant }
	| { type: 'FAILED'; code: string; at: Instant }
	| ({ type: 'REMOVED' } & Ending)
	/** A grant of ours explains it, or it must not be touched any more: nothing was or will be taken away. */
	| { type: 'EXPLAINED'; why: Missed; at: Instant }
