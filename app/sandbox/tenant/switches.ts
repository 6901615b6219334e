import type { createSignIns } from './sign-ins.ts'
import type { createDirectory } from './directory.ts'
import type { createFaults } from './faults.ts'
import type { Post } from './notification-delivery.ts'
import type { PimSettings } from './pim-lists.ts'
import type { createReevaluation } from './reevaluation.ts'
import type { createThrottle } from './throttle.ts'
import type { createTokens } from './tokens.ts'

/** What can be made to go wrong, for as long as somebody wants it to. */
export const SWITCHES = {
	'throttled-with-time': 'Every call is refused with 429 and Retry-After: 5',
	'throttled-without-time': 'Every call is refused with 429 and no Retry-After',
	unavailable: 'Every call is answered with 503, and nothing is done',
	'done-but-504': 'Every write is done, and answered with 504',
	hung: 'No call is ever answered, and nothing is done',
	html: 'Every call is answered with a page of HTML and 502',
	late: 'What is written is listed only after 30 seconds',
	'out-of-order': 'Every second reading tells the state of five seconds ago',
	'requests-purged': 'Requests to PIM are gone a minute after they were made; what they gave stays',
	'certificate-revoked': 'The certificate of the application is not taken any more',
	'clock-ahead': 'The clock of the tenant is ten minutes ahead, in its answers and its tokens',
	'clock-behind': 'The clock of the tenant is ten minutes behind, in its answers and its tokens',
	'notifications-lost': 'Nobody is told of any change',
	'notifications-late': 'Whoever subscribed is told of changes 30 seconds later',
	'notifications-twice': 'Whoever subscribed is told of each change twice',
	'small-budgets': 'PIM gives four calls a second, conditional access one, and that without Retry-After',
} as const
export type SwitchName = keyof typeof SWITCHES
export const isSwitch = (name: string): name is SwitchName => Object.hasOwn(SWITCHES, name)

const NAMES = Object.keys(SWITCHES).filter(isSwitch)

const LATE_MS = 30_000
const OLDER_MS = 5000
/** Entra keeps them for about 45 days. */
const KEPT_MS = 60_000
const SKEW_MS = 10 * 60_000
const EVERYTHING = /./
const WRITING = /^(POST|PATCH|PUT|DELETE)$/

/** The tenant's clock as its answers show it, and how much older every second reading is. Changed by switches. */
export type Weather = { skewMs: number; olderMs: number }

/** The switches of one sandbox tenant. All are off at its start: they are in no file. */
export function createSwitches({
	faults,
	throttle,
	settings,
	weather,
	post,
	tokens,
	reevaluation,
	directory,
	signIns,
	clientId,
}: {
	faults: ReturnType<typeof createFaults>
	throttle: ReturnType<typeof createThrottle>
	settings: PimSettings
	weather: Weather
	post: Post
	tokens: Pick<ReturnType<typeof createTokens>, 'acts'>
	reevaluation: ReturnType<typeof createReevaluation>
	directory: ReturnType<typeof createDirectory>
	signIns: Pick<ReturnType<typeof createSignIns>, 'add'>
	clientId: string
}) {
	const on = new Set<SwitchName>()
	const usual = { ...settings }
	const stand = (
		name: SwitchName,
		isOn: boolean,
		method: RegExp,
		fault: Parameters<typeof faults.stand>[1]['fault'],
	) => (isOn ? faults.stand(name, { method, path: EVERYTHING, fault }) : faults.lift(name))
	const acts: Readonly<Record<SwitchName, (isOn: boolean) => void>> = {
		'throttled-with-time': (isOn) =>
			stand('throttled-with-time', isOn, EVERYTHING, {
				kind: 'status',
				status: 429,
				headers: { 'retry-after': '5' },
				when: 'before',
			}),
		'throttled-without-time': (isOn) =>
			stand('throttled-without-time', isOn, EVERYTHING, { kind: 'status', status: 429, when: 'before' }),
		unavailable: (isOn) =>
			stand('unavailable', isOn, EVERYTHING, { kind: 'status', status: 503, when: 'before' }),
		'done-but-504': (isOn) =>
			stand('done-but-504', isOn, WRITING, { kind: 'status', status: 504, when: 'after' }),
		hung: (isOn) => stand('hung', isOn, EVERYTHING, { kind: 'hang', when: 'before' }),
		html: (isOn) => stand('html', isOn, EVERYTHING, { kind: 'html', status: 502 }),
		late: (isOn) => {
			settings.visibilityMs = isOn ? LATE_MS : usual.visibilityMs
			settings.requestVisibilityMs = isOn ? LATE_MS : usual.requestVisibilityMs
		},
		'out-of-order': (isOn) => {
			weather.olderMs = isOn ? OLDER_MS : 0
		},
		'requests-purged': (isOn) => {
			settings.requestsKeptMs = isOn ? KEPT_MS : usual.requestsKeptMs
		},
		'certificate-revoked': (isOn) => {
			if (!isOn) return tokens.acts.restore(clientId)
			tokens.acts.revokeCertificate(clientId)
			// By itself a token that was given lives on: continuous access evaluation asks for a new one.
			reevaluation.challenge()
		},
		'clock-ahead': (isOn) => {
			weather.skewMs = isOn ? SKEW_MS : 0
		},
		'clock-behind': (isOn) => {
			weather.skewMs = isOn ? -SKEW_MS : 0
		},
		'notifications-lost': (isOn) => {
			post.isLost = isOn
		},
		'notifications-late': (isOn) => {
			post.isLate = isOn
		},
		'notifications-twice': (isOn) => {
			post.isTwice = isOn
		},
		'small-budgets': (isOn) => {
			if (!isOn) return throttle.lift()
			for (const family of ['pim-roles', 'pim-groups'] as const)
				throttle.limit(family, { perSecond: 4, burst: 8 })
			throttle.limit('conditional-access', { perSecond: 1, burst: 1 })
			throttle.limit('reports', { perSecond: 0.5, burst: 5 })
			throttle.limit('directory', { perSecond: 350, burst: 3500 })
		},
	}
	const EXCLUDES: Partial<Record<SwitchName, SwitchName>> = {
		'clock-ahead': 'clock-behind',
		'clock-behind': 'clock-ahead',
	}
	const set = (name: SwitchName, isOn: boolean): void => {
		const other = isOn ? EXCLUDES[name] : undefined
		if (other !== undefined && on.has(other)) set(other, false)
		acts[name](isOn)
		if (isOn) on.add(name)
		else on.delete(name)
		// Whoever still waits for an answer that never comes learns that there is none.
		if (name === 'hung' && !isOn) faults.release()
	}
	return {
		set,
		all: () => NAMES.map((name) => ({ name, says: SWITCHES[name], isOn: on.has(name) })),
		/** Everything is as it should be again. */
		clear(): void {
			for (const name of [...on]) set(name, false)
		},
		/** Makes every delta token that was given out worthless. */
		expireDeltaTokens: () => directory.acts.forgetTokens(),
		/** Adds users until there are so many; gives how many there are then. */
		seedUsers: (count: number) => directory.acts.seed(count),
		/** Somebody signs in as this user, or fails to; false where there is no such user. */
		signIn(userId: string, isWrong: boolean): boolean {
			if (!directory.has(userId)) return false
			signIns.add({ userId, errorCode: isWrong ? 50126 : 0 })
			return true
		},
		users: () => directory.count(),
		refused: throttle.refused,
	}
}
export type Switches = ReturnType<typeof createSwitches>
