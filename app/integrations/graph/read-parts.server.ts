import type { Client } from '@microsoft/microsoft-graph-client'
import { z } from 'zod'
import { partKey, type SeenPart, type TenantPart } from '#workflows/tenant/charter-places.ts'
import { DirectoryUnavailable } from '../directory-port.ts'
import type { ReadPart } from '../tenant-port.ts'
import { readEach } from './batch.server.ts'
import { equals } from './client.server.ts'
import type { Lanes } from './lanes.server.ts'
import { isAbsent, refusalOf } from './outcome.server.ts'
import { listReader, unknownBecause } from './read-list.server.ts'

/** As many ids does Graph look up in one call. */
const MOST_IDS = 1000
/** Nobody: what PIM lists of them is nothing, and it refuses to list anything where the licence for it is missing. */
const NOBODY = '00000000-0000-4000-8000-00000000dead'
const PIM: Readonly<Record<string, string>> = {
	roles: '/roleManagement/directory/roleAssignmentScheduleInstances',
	groups: '/identityGovernance/privilegedAccess/group/assignmentScheduleInstances',
}
const UNLICENSED = 'AadPremiumLicenseRequired'
const UNIT = '#microsoft.graph.administrativeUnit'

const groupSchema = z.object({
	displayName: z.string().nullish(),
	isAssignableToRole: z.boolean().nullish(),
	groupTypes: z.array(z.string()).nullish(),
	onPremisesSyncEnabled: z.boolean().nullish(),
	mailEnabled: z.boolean().nullish(),
})
const foundSchema = z.object({
	value: z.array(
		z.object({ id: z.string(), '@odata.type': z.string().nullish(), displayName: z.string().nullish() }),
	),
	'@odata.nextLink': z.string().nullish(),
})

const plain = (is: SeenPart['is'], name: string | null = null): SeenPart => ({
	name,
	is,
	isAssignableToRole: null,
})

/**
 * What each of these parts is in the tenant, by `partKey`. Nothing is thrown for what the tenant refuses: that part is unknown then,
 * with why. Role definitions are one list, units one call, twenty groups one call.
 */
export async function readParts(
	client: Client,
	lanes: Lanes,
	graphBaseUrl: string,
	parts: readonly TenantPart[],
): Promise<Map<string, ReadPart>> {
	const found = new Map<string, ReadPart>()
	const of = (kind: TenantPart['kind']) => parts.filter((part) => part.kind === kind)
	const note = (part: TenantPart, read: ReadPart) => void found.set(partKey(part), read)
	if (of('role').length > 0) {
		const seen = await roleDefinitions(client, graphBaseUrl)
		for (const part of of('role')) note(part, seen(part.id))
	}
	const units = of('unit')
	for (let from = 0; from < units.length; from += MOST_IDS) {
		const some = units.slice(from, from + MOST_IDS)
		const seen = await administrativeUnits(client, some)
		for (const part of some) note(part, seen(part.id))
	}
	const groups = of('group')
	for (const [index, read] of (await readGroupParts(client, lanes, groups)).entries()) {
		const part = groups[index]
		if (part) note(part, read)
	}
	for (const part of of('pim')) note(part, await pim(client, part.id))
	return found
}

async function roleDefinitions(client: Client, graphBaseUrl: string): Promise<(id: string) => ReadPart> {
	const list = await listReader(client, graphBaseUrl)(
		'roleDefinitions',
		'/roleManagement/directory/roleDefinitions?$select=id,templateId,displayName,isEnabled',
	)
	if (!list.read) return () => list
	const known = new Map(
		list.rows.flatMap((row) =>
			[row.id, row.templateId ?? row.id].map((id) => [
				id.toLowerCase(),
				plain(row.isEnabled === false ? 'disabled' : 'fit', row.displayName ?? null),
			]),
		),
	)
	return (id) => ({ read: true, seen: known.get(id) ?? plain('absent') })
}

/** The tenant is asked for these ids alone; a unit that it does not give back is not there. */
async function administrativeUnits(
	client: Client,
	units: readonly TenantPart[],
): Promise<(id: string) => ReadPart> {
	try {
		const asked = { ids: units.map(({ id }) => id), types: ['administrativeUnit'] }
		const answer: unknown = await client.api('/directoryObjects/getByIds').post(asked)
		const { value, '@odata.nextLink': more } = foundSchema.parse(answer)
		// A call for a thousand ids has one page; one that says it has more is not understood, so that nothing is missing by it.
		if (more) throw new DirectoryUnavailable('unavailable', 'UnexpectedPage')
		const known = new Map(
			value
				.filter((row) => (row['@odata.type'] ?? UNIT) === UNIT)
				.map((row) => [row.id.toLowerCase(), plain('fit', row.displayName ?? null)]),
		)
		return (id) => ({ read: true, seen: known.get(id) ?? plain('absent') })
	} catch (error) {
		const why = unknownBecause(error)
		return () => why
	}
}

const GROUP_COLUMNS = 'id,displayName,isAssignableToRole,groupTypes,onPremisesSyncEnabled,mailEnabled'

const readGroupParts = (client: Client, lanes: Lanes, groups: readonly TenantPart[]): Promise<ReadPart[]> =>
	readEach<ReadPart>(
		client,
		lanes,
		groups.map(({ id }) => `/groups/${encodeURIComponent(id)}?$select=${GROUP_COLUMNS}`),
		(row) => ({ read: true, seen: groupPart(groupSchema.parse(row)) }),
		(error) => (isAbsent(error) ? { read: true, seen: plain('absent') } : unknownBecause(error)),
	)

function groupPart(row: z.infer<typeof groupSchema>): SeenPart {
	const types = row.groupTypes ?? []
	const is = row.onPremisesSyncEnabled
		? 'onPremises'
		: types.includes('DynamicMembership')
			? 'dynamic'
			: // Of distribution lists and mail-enabled security groups Graph reads the members and changes none.
				row.mailEnabled && !types.includes('Unified')
				? 'mail'
				: 'fit'
	return { name: row.displayName ?? null, is, isAssignableToRole: row.isAssignableToRole ?? false }
}

async function pim(client: Client, of: string): Promise<ReadPart> {
	const path = PIM[of]
	if (path === undefined) throw new TypeError(`There is no PIM for ${of}.`)
	try {
		const filter = equals('principalId', NOBODY).replaceAll(' ', '%20')
		await client.api(`${path}?$filter=${filter}&$select=id&$top=1`).get()
		return { read: true, seen: plain('fit') }
	} catch (error) {
		return refusalOf(error)?.code === UNLICENSED
			? { read: true, seen: plain('unlicensed') }
			: unknownBecause(error)
	}
}
