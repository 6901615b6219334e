import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { CommandError } from '../command-error.ts'
import { filedSchema, requestSchema, type Request } from './answers.ts'
import { Refused, Unreachable, type Client } from './client.ts'
import { open, requestIdOf, secondsOf } from './options.ts'
import { json, line, shown, stateLine } from './print.ts'

/** How often it is asked anew while something is waited for. */
const ASK_MS = 2000
const OVER: ReadonlySet<string> = new Set(['ended', 'refused', 'timed_out', 'voided'])
/** What has become of a wish once nothing more is to be waited for. */
const isSettled = ({ state }: Request) => state === 'active' || state === 'scheduled' || OVER.has(state)

/** `request --role R --for TIME ...`: files, and follows what comes of it where that is asked for. */
export async function request(args: string[]): Promise<number> {
	const { values, positionals, client } = open(args, {
		role: { type: 'string', multiple: true, default: [] },
		for: { type: 'string' },
		reason: { type: 'string' },
		ticket: { type: 'string' },
		start: { type: 'string' },
		'for-person': { type: 'string' },
		partly: { type: 'boolean', default: false },
		like: { type: 'string' },
		key: { type: 'string' },
		wait: { type: 'boolean', default: false },
		timeout: { type: 'string', default: '1h' },
	})
	if (positionals.length > 0)
		throw new CommandError(`"${positionals.join(' ')}" belongs to no option. See --help.`)
	const { like, ticket, reason } = values
	const timeoutMs = secondsOf('--timeout', values.timeout) * 1000
	const given = {
		...(values.role.length > 0 ? { roles: [...new Set(values.role)] } : {}),
		...(reason === undefined ? {} : { reason }),
		...(values.for === undefined ? {} : { durationSeconds: secondsOf('--for', values.for) }),
	}
	const missing = [
		...(like === undefined && values.role.length === 0 ? ['--role'] : []),
		...(like === undefined && values.for === undefined ? ['--for'] : []),
		...(like === undefined && reason === undefined ? ['--reason'] : []),
		...(ticket === undefined ? ['--ticket'] : []),
	]
	if (missing.length > 0) throw new CommandError(`Give ${missing.join(', ')} as well. See --help.`)
	const body = {
		...given,
		ticket,
		...(like === undefined ? {} : { like: like === 'last' ? 'last' : await requestIdOf(client, like) }),
		...(values.start === undefined ? {} : { startAt: startOf(values.start) }),
		...(values['for-person'] === undefined ? {} : { beneficiaryId: values['for-person'] }),
		allOrNone: !values.partly,
	}
	// Made once and used for every attempt of this run, so that it is filed once whatever happens on the way.
	const key = values.key ?? randomUUID()
	const filed = await client(filedSchema, 'POST', '/requests', { body, key }).catch((error: unknown) => {
		// Nobody knows whether it arrived: the same key finds out.
		if (error instanceof Unreachable)
			throw new Unreachable(
				`${error.message} Whether it was filed is not known: run it again with --key ${key}.`,
			)
		throw error
	})
	if (!values.json) {
		for (const { number, role } of filed.requests) line(shown(`R-${number} ${role}: filed`))
		for (const { role, detail } of filed.refused) process.stderr.write(`${shown(`${role}: ${detail}`)}\n`)
	}
	if (!values.wait) {
		if (values.json) json(filed)
		return 0
	}
	const ids = filed.requests.map(({ id }) => id)
	const { followed, isTimedOut } = await follow(client, ids, timeoutMs, values.json ? () => undefined : line)
	if (values.json) json({ ...filed, requests: followed })
	if (isTimedOut) {
		process.stderr.write('The time to wait is over; the requests go on. See list.\n')
		return 4
	}
	return followed.every(({ state }) => !OVER.has(state)) ? 0 : 1
}

/** Follows requests until each is active, set for later, or over; each state is said once. */
async function follow(
	client: Client,
	ids: readonly string[],
	timeoutMs: number,
	say: (text: string) => void,
): Promise<{ followed: Request[]; isTimedOut: boolean }> {
	const seen = new Map<string, Request>()
	const until = Date.now() + timeoutMs
	for (;;) {
		for (const id of ids) {
			const before = seen.get(id)
			if (before && isSettled(before)) continue
			const now = await readOn(client, id, until)
			if (now === null) continue
			if (before === undefined || stateLine(before) !== stateLine(now)) say(stateLine(now))
			seen.set(id, now)
		}
		const followed = ids.flatMap((id) => seen.get(id) ?? [])
		if (followed.length === ids.length && followed.every(isSettled)) return { followed, isTimedOut: false }
		if (Date.now() >= until) return { followed, isTimedOut: true }
		await pause(Math.min(ASK_MS, Math.max(0, until - Date.now())))
	}
}

/** While there is time, a server that does not answer may come back. */
async function readOn(client: Client, id: string, until: number): Promise<Request | null> {
	try {
		return await client(requestSchema, 'GET', `/requests/${id}`)
	} catch (error) {
		if (error instanceof Refused && error.problem.code !== 'TOO_MANY_CALLS') throw error
		if (Date.now() >= until) throw error
		return null
	}
}

function startOf(text: string): string {
	if (!/(?:Z|[+-]\d\d:\d\d)$/.test(text) || Number.isNaN(Date.parse(text)))
		throw new CommandError(
			`--start is an instant with its zone, such as 2026-11-24T06:00:00+01:00, not "${text}".`,
		)
	return new Date(text).toISOString()
}
