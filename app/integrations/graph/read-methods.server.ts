import type { Raw, RawMethods } from '#workflows/tenant/raw-tenant.ts'
import { NOT_ASKED } from '#workflows/tenant/raw-tenant.ts'
import { methodKindOf } from '#workflows/people/authentication-methods.ts'
import { DirectoryUnavailable } from '../directory-port.ts'
import { readMethodLists, type MethodList, type MethodReader } from './method-lists.server.ts'

/** As many users as are asked about in one call. */
const A_CALL = 20
/** After so many users passkeys are asked for, and whoever waits is told how far it is. */
const A_PART = 200

/**
 * Authentication methods of these users, and what is known of the passkeys of whoever has one, twenty users in a call. What the
 * tenant refuses to everybody of a call is not asked for the others: the answer is the same. A user that is not there is
 * `absent`. `onRead` is told now and then of how many users it is known.
 */
export async function readMethods(
	reader: MethodReader,
	userIds: readonly string[],
	onRead?: (done: number, total: number) => Promise<void>,
): Promise<Map<string, RawMethods | 'absent'>> {
	const found = new Map<string, RawMethods | 'absent'>()
	const methodsOf = untilRefused((ids) => readMethodLists(reader, 'methods', ids))
	const passkeysOf = untilRefused((ids) => readMethodLists(reader, 'fido2Methods', ids))
	await onRead?.(0, userIds.length)
	for (let from = 0; from < userIds.length; from += A_PART) {
		const part = userIds.slice(from, from + A_PART)
		const lists = await methodsOf(part)
		const withPasskeys = part.filter((id) => hasPasskey(lists.get(id)))
		const passkeys = await passkeysOf(withPasskeys)
		for (const id of part) {
			const list = lists.get(id)
			if (list === 'absent') found.set(id, 'absent')
			else found.set(id, { methods: rawOf(list), passkeys: rawOf(passkeys.get(id)) })
		}
		await onRead?.(from + part.length, userIds.length)
	}
	return found
}

const isRead = (list: MethodList | undefined): list is Exclude<MethodList, 'absent' | DirectoryUnavailable> =>
	list !== undefined && list !== 'absent' && !(list instanceof DirectoryUnavailable)

const hasPasskey = (list: MethodList | undefined) =>
	isRead(list) && list.some((row) => methodKindOf(row['@odata.type']) === 'fido2')

/** Of somebody who went between two calls nothing is known: that it was not asked for must not be read as none. */
function rawOf(list: MethodList | undefined): Raw<'methods'> {
	if (list === undefined) return NOT_ASKED
	if (isRead(list)) return { read: true, rows: list }
	return list === 'absent'
		? { read: false, why: 'unavailable', code: 'UserGone' }
		: { read: false, why: list.trouble, code: list.code }
}

/** Asks call by call until one is refused to everybody in it; from then on that is the answer for the rest. */
function untilRefused(
	ask: (ids: readonly string[]) => Promise<MethodList[]>,
): (ids: readonly string[]) => Promise<Map<string, MethodList>> {
	let refused: DirectoryUnavailable | null = null
	/** A call that fails as a whole is the answer for each of those in it, and for nobody else. */
	const askAll = async (ids: readonly string[]): Promise<readonly MethodList[]> => {
		try {
			return await ask(ids)
		} catch (error) {
			if (!(error instanceof DirectoryUnavailable)) throw error
			return ids.map(() => error)
		}
	}
	return async (ids) => {
		const found = new Map<string, MethodList>()
		for (let from = 0; from < ids.length; from += A_CALL) {
			const group = ids.slice(from, from + A_CALL)
			const lists = refused === null ? await askAll(group) : []
			for (const [index, id] of group.entries()) {
				const list = lists[index] ?? refused
				if (list !== null) found.set(id, list)
			}
			refused ??= refusedToAll(lists)
		}
		return found
	}
}

/** What stands in everybody's way: a permission, or that there is no such thing. That one user is refused says nothing of others. */
function refusedToAll(lists: readonly MethodList[]): DirectoryUnavailable | null {
	if (lists.some(isRead)) return null
	const found = lists.find(
		(list) =>
			list instanceof DirectoryUnavailable &&
			(list.trouble === 'forbidden' || list.trouble === 'unsupported'),
	)
	return found instanceof DirectoryUnavailable ? found : null
}
