import { policyGroupIds } from '#workflows/tenant/assemble-picture.ts'
import type { FileProblem } from '#workflows/tenant/file-problem.ts'
import { groupsWithin } from '#workflows/tenant/nested-groups.ts'
import { GRAPH_ROWS, type GraphRow, type GraphRowKind } from '#workflows/tenant/graph-rows.ts'
import {
	NOT_ASKED,
	nothingRead,
	type Raw,
	type RawGroup,
	type RawMethods,
	type RawTenant,
} from '#workflows/tenant/raw-tenant.ts'
import { isObject, textOf } from './file-text.ts'
import { addPage, hasCutOff, inOrder, missingNumber, type Chains } from './page-chains.ts'

/** Answers of Graph that were stored as files, by their names. */
export type TenantFile = { name: string; bytes: Uint8Array }

export type ReadFiles = { raw: RawTenant; problems: FileProblem[]; files: number }

/** Fifty thousand users take some fifteen megabytes. */
export const MAX_FILE_BYTES = 64_000_000
export const MAX_FILES = 20_000

/** Kinds that are of one group or user each: their files bear its id. */
const OF_GROUPS = [
	'groupMembers',
	'groupTransitiveMembers',
	'groupOwners',
	'groupAssignmentScheduleInstances',
	'groupAssignmentSchedules',
	'groupEligibilityScheduleInstances',
] as const
const OF_USERS = ['methods', 'fido2Methods'] as const
const OF_TENANT = [
	'organization',
	'users',
	'servicePrincipals',
	'groups',
	'roleAssignments',
	'roleAssignmentScheduleInstances',
	'roleAssignmentSchedules',
	'roleEligibilityScheduleInstances',
	'roleAssignmentScheduleRequests',
	'conditionalAccessPolicies',
	'authenticationStrengthPolicies',
	'roleManagementPolicyAssignments',
] as const
const GUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
const NAME = new RegExp(
	`^(?:(${OF_TENANT.join('|')})|(${[...OF_GROUPS, ...OF_USERS].join('|')})[-_.](${GUID}))(?:[-_.]?(\\d{1,5}))?\\.json$`,
	'i',
)

/**
 * Reads what a site exported of its tenant: the answers of Graph as they came, one file a page, each an array, an object with
 * `value`, or several of those in an array. Unreadable files are told by name; nothing half read is taken for whole.
 */
export function readTenantFiles(
	files: readonly TenantFile[],
	{ readAt, groupIds }: { readAt: Date; groupIds: readonly string[] },
): ReadFiles {
	const problems: FileProblem[] = []
	const found = new Map<string, Pages>()
	for (const file of [...files].sort(inOrder)) {
		const [, ofTenant, ofOne, id, number] = NAME.exec(file.name) ?? []
		const kind = ALL.find((one) => one.toLowerCase() === (ofTenant ?? ofOne)?.toLowerCase())
		if (kind === undefined) {
			problems.push({ file: file.name, code: 'unknownName', detail: {} })
			continue
		}
		const key = id === undefined ? kind : `${kind} ${id.toLowerCase()}`
		const pages: Pages = found.get(key) ?? {
			rows: [],
			pages: 0,
			lists: 0,
			chains: { byPlace: new Map(), last: null },
			isBroken: false,
			first: file.name,
			numbers: [],
		}
		found.set(key, pages)
		if (file.name < pages.first) pages.first = file.name
		pages.numbers.push(number === undefined ? null : Number(number))
		const problem = readPage(file, kind, pages)
		if (problem !== null) {
			pages.isBroken = true
			problems.push(problem)
		}
	}
	for (const pages of found.values()) {
		if (pages.isBroken || pages.pages === 0) continue
		const page = missingNumber(pages.numbers)
		const isCutOff = hasCutOff(pages.chains)
		if (page === null && !isCutOff) continue
		pages.isBroken = true
		const detail: FileProblem['detail'] = page === null ? { pages: pages.pages } : { page }
		problems.push({ file: pages.first, code: 'missingPage', detail })
	}
	return { raw: rawOf(found, readAt, groupIds), problems, files: files.length }
}

type FileKind = GraphRowKind | 'fido2Methods'
const ALL: readonly FileKind[] = [...OF_TENANT, ...OF_GROUPS, ...OF_USERS]
type Pages = {
	rows: { id?: unknown }[]
	pages: number
	/** Of the pages, those that are lists, and not one thing alone. */
	lists: number
	chains: Chains
	isBroken: boolean
	first: string
	/** Of the pages, by their names; null for one without. */
	numbers: (number | null)[]
}

function readPage({ name, bytes }: TenantFile, kind: FileKind, into: Pages): FileProblem | null {
	const wrong = (code: FileProblem['code'], detail: FileProblem['detail'] = {}) => ({
		file: name,
		code,
		detail,
	})
	if (bytes.length > MAX_FILE_BYTES) return wrong('tooLarge', { megabytes: MAX_FILE_BYTES / 1_000_000 })
	const text = textOf(bytes)
	if (text === null) return wrong('notText')
	let parsed: unknown
	try {
		parsed = JSON.parse(text)
	} catch {
		return wrong('notJson')
	}
	const said = refusalIn(parsed)
	if (said !== null) return wrong('refusal', { said })
	const pages = pagesIn(parsed, kind)
	if (pages === null) return wrong('notAList')
	const schema = GRAPH_ROWS[kind === 'fido2Methods' ? 'methods' : kind]
	for (const page of pages) {
		into.pages += 1
		// One thing alone is no page of a list, and ends none.
		if (!page.isOne) {
			into.lists += 1
			addPage(into.chains, page, kind)
		}
		for (const [at, row] of page.rows.entries()) {
			const read = schema.safeParse(row)
			if (!read.success) {
				const issue = read.error.issues[0]
				return wrong('badRow', { row: at + 1, field: issue?.path.join('.') || '.' })
			}
			into.rows.push(read.data as { id?: unknown })
		}
	}
	return null
}

/** What Graph said where the file holds a refusal in the place of an answer. */
function refusalIn(parsed: unknown): string | null {
	if (!isObject(parsed) || !isObject(parsed.error)) return null
	const { code } = parsed.error
	return typeof code === 'string' ? code.slice(0, 80) : 'error'
}

type Page = { rows: unknown[]; goesOn: boolean; isOne: boolean }
/** Kinds of which one thing alone is an answer too. */
const ALONE: readonly FileKind[] = ['organization', 'groups']

function pagesIn(parsed: unknown, kind: FileKind): Page[] | null {
	const pageOf = (page: unknown): Page | null =>
		isObject(page) && Array.isArray(page.value)
			? { rows: page.value, goesOn: typeof page['@odata.nextLink'] === 'string', isOne: false }
			: null
	if (Array.isArray(parsed)) {
		const pages = parsed.map(pageOf)
		// Pages that were gathered in an array, or rows alone.
		if (parsed.length > 0 && pages.every((page) => page !== null)) return pages
		return [{ rows: parsed, goesOn: false, isOne: false }]
	}
	const page = pageOf(parsed)
	if (page !== null) return [page]
	return ALONE.includes(kind) && isObject(parsed) ? [{ rows: [parsed], goesOn: false, isOne: true }] : null
}

function rawOf(found: ReadonlyMap<string, Pages>, readAt: Date, governed: readonly string[]): RawTenant {
	const listOf = <K extends GraphRowKind>(kind: K, key: string = kind): Raw<K> => {
		const pages = found.get(key)
		if (pages === undefined) return NOT_ASKED
		if (pages.isBroken) return { read: false, why: 'unreadable', code: pages.first.slice(0, 200) }
		// Pages that overlap name the same thing twice; each was read by the schema of its kind.
		const rows =
			kind === 'methods'
				? pages.rows
				: [...new Map(pages.rows.map((row) => [row.id ?? JSON.stringify(row), row])).values()]
		return { read: true, rows: rows as GraphRow<K>[] }
	}
	const organization = listOf('organization')
	const groups = listOf('groups')
	const known = new Map(groups.read ? groups.rows.map((row) => [row.id.toLowerCase(), row]) : [])
	const ids = (kinds: readonly string[]) =>
		[...found.keys()].flatMap((key) => {
			const [kind = '', id] = key.split(' ')
			return id !== undefined && kinds.includes(kind) ? [id] : []
		})
	const raw: RawTenant = {
		...nothingRead(organization.read ? (organization.rows[0]?.id ?? null) : null, readAt),
		users: listOf('users'),
		servicePrincipals: listOf('servicePrincipals'),
		// Groups that were exported one by one are no list of those that can hold roles.
		groups: groups.read && found.get('groups')?.lists === 0 ? NOT_ASKED : groups,
		roleAssignments: listOf('roleAssignments'),
		roleInstances: listOf('roleAssignmentScheduleInstances'),
		eligibilities: listOf('roleEligibilityScheduleInstances'),
		roleSchedules: listOf('roleAssignmentSchedules'),
		requests: listOf('roleAssignmentScheduleRequests'),
		conditionalAccess: listOf('conditionalAccessPolicies'),
		strengths: listOf('authenticationStrengthPolicies'),
		rolePolicies: listOf('roleManagementPolicyAssignments'),
	}
	const listsOf = (id: string): RawGroup => ({
		properties: known.get(id) ?? null,
		members: listOf('groupMembers', `groupMembers ${id}`),
		transitiveMembers: listOf('groupTransitiveMembers', `groupTransitiveMembers ${id}`),
		owners: listOf('groupOwners', `groupOwners ${id}`),
		active: listOf('groupAssignmentScheduleInstances', `groupAssignmentScheduleInstances ${id}`),
		eligible: listOf('groupEligibilityScheduleInstances', `groupEligibilityScheduleInstances ${id}`),
		schedules: listOf('groupAssignmentSchedules', `groupAssignmentSchedules ${id}`),
		requests: NOT_ASKED,
	})
	const ofCharter = governed.map((id) => id.toLowerCase())
	const groupLists = new Map(ofCharter.map((id) => [id, listsOf(id)]))
	const within = groupsWithin({ groups: raw.groups, groupLists }, ofCharter)
	const held = new Set([...ofCharter, ...within, ...groupsHolding(raw)])
	const named = new Set(policyGroupIds(raw.conditionalAccess).filter((id) => !held.has(id)))
	const matter = new Set([...held, ...ids(OF_GROUPS).filter((id) => !named.has(id))])
	for (const id of matter) groupLists.set(id, listsOf(id))
	const methods = new Map<string, RawMethods>()
	for (const id of new Set(ids(OF_USERS)))
		methods.set(id, {
			methods: listOf('methods', `methods ${id}`),
			passkeys: listOf('methods', `fido2Methods ${id}`),
		})
	const policyGroups = new Map<string, Raw<'groupTransitiveMembers'>>()
	for (const id of named) {
		const everybody = listOf('groupTransitiveMembers', `groupTransitiveMembers ${id}`)
		const members = listOf('groupMembers', `groupMembers ${id}`)
		const isFlat = members.read && !members.rows.some((row) => row['@odata.type'] === GROUP)
		policyGroups.set(id, !everybody.read && isFlat ? members : everybody)
	}
	return { ...raw, groupLists, policyGroups, methods }
}

const GROUP = '#microsoft.graph.group'

/** Groups that hold a role, as far as the lists tell. */
function groupsHolding({
	groups,
	roleAssignments,
	roleInstances,
	roleSchedules,
	eligibilities,
}: RawTenant): string[] {
	const known = new Set(groups.read ? groups.rows.map(({ id }) => id.toLowerCase()) : [])
	return [roleAssignments, roleInstances, roleSchedules, eligibilities].flatMap((list) =>
		(list.read ? list.rows : []).flatMap(({ principalId, principal }) => {
			const id = principalId.toLowerCase()
			return known.has(id) || principal?.['@odata.type'] === GROUP ? [id] : []
		}),
	)
}
