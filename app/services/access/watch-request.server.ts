import { requestVersions } from '#db/queries/live-requests.ts'
import { findRequest } from '#db/queries/requests.ts'
import { DomainError, isDomainError } from '#workflows/shared/errors.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { peekActor } from '../sign-in/sign-in.server.ts'
import { demandSight } from './visibility.server.ts'

/** Without a message it looks by itself. */
const LOOK_MS = 5000
/** And after one not more often than this. */
const REST_MS = 250
/** So that nothing between us takes the line for dead. */
const BEAT_MS = 15_000

export type Watched = 'changed' | 'beat'

/**
 * What a page that shows a request must know as it happens: that something about it changed. Ends when the session does
 * (signing out, suspension, time), or the reader may no longer see it; both are asked again before anything is told, and
 * looking on does not keep a session alive. TOO_MANY_ATTEMPTS when this person has enough streams open.
 */
export async function watchRequest(
	deps: Deps,
	actor: Actor,
	token: string,
	requestId: string,
	signal: AbortSignal,
): Promise<AsyncGenerator<Watched, void>> {
	await demandSight(deps, actor, await findRequest(deps.database.db, requestId))
	const giveBack = deps.changes.takeStream(actor.personId)
	if (giveBack === null) throw new DomainError('TOO_MANY_ATTEMPTS', 'Enough streams are open already.')
	signal.addEventListener('abort', giveBack, { once: true })
	return watch(deps, token, requestId, signal, giveBack)
}

async function* watch(
	deps: Deps,
	token: string,
	requestId: string,
	signal: AbortSignal,
	giveBack: () => void,
): AsyncGenerator<Watched, void> {
	try {
		let known: string | null = null
		let saidAt = 0
		while (!signal.aborted) {
			const versions = await requestVersions(deps.database.db, requestId)
			const isNews = versions !== known
			if (!(await mayGoOn(deps, token, requestId, isNews))) return
			known = versions
			if (isNews || performance.now() - saidAt >= BEAT_MS) {
				saidAt = performance.now()
				yield isNews ? 'changed' : 'beat'
			}
			await pause(REST_MS, signal)
			if ((await requestVersions(deps.database.db, requestId)) === known) await nextChange(deps, signal)
		}
	} finally {
		giveBack()
	}
}

/** The session still stands; and where there is something to tell, the reader may still see the request. */
async function mayGoOn(deps: Deps, token: string, requestId: string, isNews: boolean): Promise<boolean> {
	const actor = await peekActor(deps, token)
	if (actor === null) return false
	if (!isNews) return true
	try {
		await demandSight(deps, await actor.whole(), await findRequest(deps.database.db, requestId))
		return true
	} catch (error) {
		if (isDomainError(error)) return false
		throw error
	}
}

const pause = (ms: number, signal: AbortSignal) =>
	new Promise<void>((resolve) => {
		const timer = setTimeout(done, ms)
		function done() {
			clearTimeout(timer)
			signal.removeEventListener('abort', done)
			resolve()
		}
		signal.addEventListener('abort', done, { once: true })
	})

/** Until somebody commits something, or it is time to look anyway. */
function nextChange({ changes }: Deps, signal: AbortSignal): Promise<void> {
	const waking = new AbortController()
	const stop = changes.onChange(() => waking.abort())
	const either = AbortSignal.any([signal, waking.signal])
	return pause(LOOK_MS, either).finally(stop)
}
