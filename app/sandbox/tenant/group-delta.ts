import { createHash } from 'node:crypto'
import { badRequest, GraphError } from './errors.ts'
import { GROUP_READERS } from './group-lists.ts'
import type { TypeOf } from './principals.ts'
import type { Answer, Asked, Context } from './surface.ts'

const MAX_PAGE = 100
/** As many object ids as a filter of a delta query takes. */
const MAX_GROUPS = 50
/** So many states of groups are remembered; a token of an older one is worth nothing. */
const MOST_REMEMBERED = 1000
/** What delta queries do not take. */
const UNSUPPORTED = ['$top', '$orderby', '$expand', '$search', '$count']
const CONDITION = /^id eq '([^']+)'$/i

/** Who is in which group, as it was at one moment; a group that was not there is absent. */
type Snapshot = ReadonlyMap<string, readonly string[]>
/** What a token holds: what was asked for, from and to which states it leads, and how much of that was told. */
type Token = { epoch: number; ids: string[] | null; members: boolean; from: string; to: string; told: number }
/** One line of what changed. `member` null: the group itself. */
type Line = { groupId: string; member: string | null; isRemoved: boolean }

const NOTHING: Snapshot = new Map()

/**
 * `/groups/delta`: groups, and who came into them and left them, by comparing states. What was told and undone between two
 * questions is not told. States are kept in memory, so that a restart makes tokens worthless, as their age does.
 */
export function createGroupDelta({
	groups,
	typeOf,
	epoch,
	origin,
	context,
}: {
	groups: { ids: () => readonly string[]; listed: (id: string, relation: 'members') => readonly string[] }
	typeOf: TypeOf
	/** Tokens of another one are worth nothing. */
	epoch: () => number
	origin: () => string
	context: Context
}) {
	let pageSize = MAX_PAGE
	const remembered = new Map<string, Snapshot>()

	/** Remembers how these groups are now, and gives its name. */
	function remember(ids: readonly string[] | null): string {
		const now = new Map(
			groups
				.ids()
				.filter((id) => ids?.includes(id) ?? true)
				.map((id) => [id, [...groups.listed(id, 'members')].sort()] as const),
		)
		const name = createHash('sha256')
			.update(JSON.stringify([...now]))
			.digest('hex')
		// The newest stands last, so that the oldest is forgotten first.
		remembered.delete(name)
		remembered.set(name, now)
		const [oldest] = remembered.keys()
		if (remembered.size > MOST_REMEMBERED && oldest !== undefined) remembered.delete(oldest)
		return name
	}
	const worthless = () =>
		new GraphError(410, 'syncStateNotFound', 'The sync state generation is not found.', {
			location: new URL('/v1.0/groups/delta', origin()).href,
		})
	const stateOf = (name: string): Snapshot => {
		const state = name === '' ? NOTHING : remembered.get(name)
		if (state === undefined) throw worthless()
		return state
	}
	const linkWith = (name: '$skiptoken' | '$deltatoken', token: Token) => {
		const link = new URL('/v1.0/groups/delta', origin())
		link.searchParams.set(name, Buffer.from(JSON.stringify(token), 'utf8').toString('base64url'))
		return link.href
	}

	function begin(url: URL): Token {
		const filter = url.searchParams.get('$filter')
		const ids = filter === null ? null : idsIn(filter)
		const select = url.searchParams.get('$select')?.split(',') ?? []
		return {
			epoch: epoch(),
			ids,
			members: select.includes('members'),
			from: '',
			to: remember(ids),
			told: 0,
		}
	}
	function goOn(text: string): Token {
		let token: Token
		try {
			token = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Token
		} catch {
			throw worthless()
		}
		if (token.epoch !== epoch()) throw worthless()
		// A round that is over begins the next: from where it came to, to how the groups are now.
		return token.to === '' ? { ...token, to: remember(token.ids) } : token
	}

	function delta(url: URL): Record<string, unknown> {
		const wrong = UNSUPPORTED.find((name) => url.searchParams.has(name))
		if (wrong) throw badRequest('Request_UnsupportedQuery', `${wrong} is not supported by delta queries.`)
		const text = url.searchParams.get('$skiptoken') ?? url.searchParams.get('$deltatoken')
		const token = text === null ? begin(url) : goOn(text)
		const lines = linesBetween(stateOf(token.from), stateOf(token.to), token.members)
		const told = token.told + pageSize
		return {
			'@odata.context': `${context()}groups`,
			...(told < lines.length
				? { '@odata.nextLink': linkWith('$skiptoken', { ...token, told }) }
				: { '@odata.deltaLink': linkWith('$deltatoken', { ...token, from: token.to, to: '', told: 0 }) }),
			value: rowsOf(lines.slice(token.told, told)),
		}
	}

	/** Lines of one group are one row; a group with many members is told on several pages. */
	function rowsOf(lines: readonly Line[]): Record<string, unknown>[] {
		const rows = new Map<string, Record<string, unknown> & { 'members@delta'?: unknown[] }>()
		for (const { groupId, member, isRemoved } of lines) {
			const row = rows.get(groupId) ?? { id: groupId }
			rows.set(groupId, row)
			if (member === null) {
				if (isRemoved) row['@removed'] = { reason: 'changed' }
				continue
			}
			const reference = { '@odata.type': `#microsoft.graph.${typeOf(member) ?? 'user'}`, id: member }
			const members = (row['members@delta'] ??= [])
			members.push(isRemoved ? { ...reference, '@removed': { reason: 'deleted' } } : reference)
		}
		return [...rows.values()]
	}

	return {
		/** The answer to a call of `/groups/delta`; null when it is about something else. Throws GraphError. */
		answer({ method, path, url, demand }: Asked): Answer | null {
			if (path !== '/groups/delta' || method !== 'GET') return null
			demand(...GROUP_READERS)
			return { status: 200, result: delta(url) }
		},
		/** For tests. */
		acts: {
			setPageSize(size: number): void {
				pageSize = size
			},
		},
	}
}

function idsIn(filter: string): string[] {
	const ids = filter.split(' or ').map((condition) => CONDITION.exec(condition.trim())?.[1])
	if (ids.length > MAX_GROUPS)
		throw badRequest('Request_UnsupportedQuery', `A filter names ${MAX_GROUPS} objects at most.`)
	return ids.map((id) => {
		if (id === undefined)
			throw badRequest('Request_UnsupportedQuery', 'Delta queries are filtered by object id alone.')
		return id.toLowerCase()
	})
}

function linesBetween(before: Snapshot, after: Snapshot, withMembers: boolean): Line[] {
	const lines: Line[] = []
	for (const [groupId, members] of after) {
		const was = before.get(groupId)
		if (was === undefined) lines.push({ groupId, member: null, isRemoved: false })
		if (!withMembers) continue
		const [had, has] = [new Set(was), new Set(members)]
		for (const member of has) if (!had.has(member)) lines.push({ groupId, member, isRemoved: false })
		for (const member of had) if (!has.has(member)) lines.push({ groupId, member, isRemoved: true })
	}
	for (const groupId of before.keys())
		if (!after.has(groupId)) lines.push({ groupId, member: null, isRemoved: true })
	return lines
}
