import { badRequest, GraphError, notFound } from './errors.ts'
import { selectColumns } from './odata.ts'
import type { DirectoryState, StoredUser } from './state.ts'

export type SandboxUser = {
	id: string
	displayName: string
	userPrincipalName: string
	accountEnabled: boolean
	userType?: string
	/** Kinds of authentication methods; a password and a FIDO2 key where nothing is said. */
	methods?: string[]
}

const MAX_PAGE = 100
/** What delta queries do not take. */
const UNSUPPORTED = ['$top', '$orderby', '$expand', '$search', '$count']

/** The users of the sandbox tenant, what changes about them, and their authentication methods. */
export function createDirectory({
	state,
	users,
	save,
	origin,
	changed = () => undefined,
}: {
	state: DirectoryState
	users: readonly SandboxUser[]
	save: () => void
	origin: () => string
	/** Told of each user who is changed. */
	changed?: (id: string) => void
}) {
	let pageSize = MAX_PAGE
	/** The list of users, kept until one changes: it is asked for page by page. */
	let listed: ReturnType<typeof rowOf>[] | null = null
	/** Who changed when, in that order; what was overtaken by a later change is passed over. */
	const changes = Object.entries(state.users)
		.map(([id, { seq }]) => ({ id, seq }))
		.sort((a, b) => a.seq - b.seq)
	const put = (id: string, change: Partial<StoredUser>) => {
		const before = state.users[id]
		state.seq += 1
		state.users[id] = {
			displayName: null,
			userPrincipalName: null,
			accountEnabled: true,
			userType: 'Member',
			removed: null,
			...before,
			...change,
			seq: state.seq,
		}
		changes.push({ id, seq: state.seq })
		listed = null
	}
	/** The first `count` changes after `seq`, each user once, as they are now. */
	function changedAfter(seq: number, count: number) {
		let [low, high] = [0, changes.length]
		while (low < high) {
			const middle = (low + high) >> 1
			if ((changes[middle]?.seq ?? Infinity) > seq) high = middle
			else low = middle + 1
		}
		const found: { id: string; user: StoredUser }[] = []
		for (let at = low; at < changes.length && found.length < count; at++) {
			const { id = '', seq: then } = changes[at] ?? {}
			const user = state.users[id]
			if (user?.seq === then && user !== undefined) found.push({ id, user })
		}
		return found
	}
	const rowOf = (id: string, { removed: _, seq: __, ...user }: StoredUser) => ({ id, ...user })
	const present = () =>
		(listed ??= Object.entries(state.users)
			.filter(([, { removed }]) => removed === null)
			.map(([id, user]) => rowOf(id, user)))
	for (const { id, methods, ...user } of users) {
		if (state.users[id] === undefined) put(id, user)
		state.methods[id] ??= methods ?? ['password', 'fido2']
	}
	save()

	/** `kind` and numbers of a token: opaque to whoever holds it. */
	const encode = (parts: readonly (string | number)[]) =>
		Buffer.from(parts.join(' '), 'utf8').toString('base64url')
	const linkWith = (url: URL, name: '$skiptoken' | '$deltatoken', parts: readonly (string | number)[]) => {
		const link = new URL('/v1.0/users/delta', origin())
		const select = url.searchParams.get('$select')
		// As Graph does it: the token holds what was selected.
		link.searchParams.set(name, encode([...parts, select ?? selectOf(url) ?? '']))
		return link.href
	}
	const tokenOf = (url: URL) => url.searchParams.get('$skiptoken') ?? url.searchParams.get('$deltatoken')
	const partsOf = (token: string) => Buffer.from(token, 'base64url').toString('utf8').split(' ')
	const selectOf = (url: URL) => {
		const token = tokenOf(url)
		return token === null ? null : (partsOf(token).at(-1) ?? null)
	}

	return {
		has: (id: string) => state.users[id]?.removed === null,
		methodKinds: (id: string): readonly string[] => state.methods[id] ?? [],
		list: present,
		/** How many users there are, with those who were removed. */
		count: () => Object.keys(state.users).length,
		one: (id: string) => {
			const user = state.users[id]
			return user === undefined || user.removed !== null ? [] : [rowOf(id, user)]
		},

		/** A page of `/users/delta`. */
		delta(url: URL): Record<string, unknown> {
			const wrong = UNSUPPORTED.find((name) => url.searchParams.has(name))
			if (wrong) throw badRequest('Request_UnsupportedQuery', `${wrong} is not supported by delta queries.`)
			const token = tokenOf(url)
			const [epoch = String(state.epoch), from = '0'] = token === null ? [] : partsOf(token)
			if (Number(epoch) !== state.epoch || !/^\d+$/.test(from))
				throw new GraphError(410, 'syncStateNotFound', 'The sync state generation is not found.', {
					location: new URL('/v1.0/users/delta', origin()).href,
				})
			// One more than a page holds, to see whether there is another.
			const found = changedAfter(Number(from), pageSize + 1)
			const rows = found.slice(0, pageSize)
			const isLast = found.length <= pageSize
			const until = rows.at(-1)?.user.seq ?? from
			const select = url.searchParams.get('$select') ?? selectOf(url)
			return {
				'@odata.context': `${origin()}/v1.0/$metadata#users`,
				...(isLast
					? { '@odata.deltaLink': linkWith(url, '$deltatoken', [epoch, until]) }
					: { '@odata.nextLink': linkWith(url, '$skiptoken', [epoch, until]) }),
				value: rows.map(({ id, user }) =>
					user.removed === null
						? selectColumns(rowOf(id, user), select || null)
						: { id, '@removed': { reason: user.removed } },
				),
			}
		},

		methods(id: string): Record<string, unknown> {
			if (state.users[id]?.removed !== null)
				throw notFound('Request_ResourceNotFound', `Resource '${id}' does not exist.`)
			return {
				'@odata.context': `${origin()}/v1.0/$metadata#users('${id}')/authentication/methods`,
				value: (state.methods[id] ?? []).map((kind, index) => ({
					'@odata.type': `#microsoft.graph.${kind}AuthenticationMethod`,
					id: `${id}-${index}`,
					createdDateTime: '2026-01-05T08:00:00.0000000Z',
				})),
			}
		},

		/** What an administrator of the tenant does; for tests. */
		acts: {
			put(id: string, change: Partial<Omit<StoredUser, 'seq'>>): void {
				put(id, change)
				save()
				changed(id)
			},
			/** `changed` is a soft deletion. A user who is purged altogether is told of no more. */
			remove(id: string, reason: 'changed' | 'deleted' | 'purged'): void {
				if (reason === 'purged') {
					delete state.users[id]
					listed = null
				} else put(id, { removed: reason })
				save()
				changed(id)
			},
			/** Adds made-up users until there are `count`; gives how many there are then. Written in one go. */
			seed(count: number): number {
				let there = Object.keys(state.users).length
				for (let n = 1; there < count; n++) {
					const id = `5eed0000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`
					if (state.users[id] !== undefined) continue
					const name = `user-${String(n).padStart(6, '0')}`
					put(id, { displayName: `User ${n}`, userPrincipalName: `${name}@btr.example` })
					state.methods[id] = n % 4 === 0 ? ['password', 'phone'] : ['password', 'fido2']
					there += 1
				}
				save()
				return there
			},
			setMethods(id: string, kinds: string[]): void {
				state.methods[id] = kinds
				save()
			},
			/** Makes every token that was given out worthless. */
			forgetTokens(): void {
				state.epoch += 1
				save()
			},
			setPageSize(size: number): void {
				pageSize = size
			},
		},
	}
}
