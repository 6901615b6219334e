import { invalidValue } from './errors.ts'

export const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User'
export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
/** Ours: the object id in Entra, for systems whose `externalId` is something else. */
export const CHARTERKEEP = 'urn:ietf:params:scim:schemas:extension:charterkeep:2.0:User'

/** What is kept of a SCIM user, flat. Everything else that a system sends is left where it is: it is not needed here. */
export type Draft = {
	userName: string | null
	externalId: string | null
	displayName: string | null
	givenName: string | null
	familyName: string | null
	/** The work address. */
	email: string | null
	active: boolean
	employeeNumber: string | null
	organization: string | null
	/** Our id of the manager. */
	managerId: string | null
	entraObjectId: string | null
}
export type TextField = Exclude<keyof Draft, 'active'>

export const emptyDraft = (): Draft => ({
	userName: null,
	externalId: null,
	displayName: null,
	givenName: null,
	familyName: null,
	email: null,
	active: true,
	employeeNumber: null,
	organization: null,
	managerId: null,
	entraObjectId: null,
})

/** Attributes with one text, by their path in lower case: names of attributes know no case (RFC 7643, section 2.1). */
export const TEXTS: Readonly<Record<string, TextField>> = {
	username: 'userName',
	externalid: 'externalId',
	displayname: 'displayName',
	'name.givenname': 'givenName',
	'name.familyname': 'familyName',
	[`${ENTERPRISE}:employeenumber`.toLowerCase()]: 'employeeNumber',
	[`${ENTERPRISE}:organization`.toLowerCase()]: 'organization',
	[`${ENTERPRISE}:manager`.toLowerCase()]: 'managerId',
	[`${ENTERPRISE}:manager.value`.toLowerCase()]: 'managerId',
	[`${CHARTERKEEP}:entraobjectid`.toLowerCase()]: 'entraObjectId',
}

const of = (urn: string, names: string) => names.split(' ').map((name) => `${urn}:${name}`.toLowerCase())

/** Attributes of the standard that are taken without complaint and not kept. Of the complex ones, every part. */
const NOT_KEPT: ReadonlySet<string> = new Set([
	...'schemas meta nickname profileurl title usertype preferredlanguage locale timezone password phonenumbers ims photos addresses groups entitlements roles x509certificates'.split(
		' ',
	),
	...'formatted middlename honorificprefix honorificsuffix'.split(' ').map((part) => `name.${part}`),
	...of(ENTERPRISE, 'costCenter division department manager.$ref manager.displayName'),
])

/** True where the standard knows this attribute and nothing of it is kept. */
export const isNotKept = (path: string) => NOT_KEPT.has(path) || NOT_KEPT.has(path.replace(/\.[^.:]*$/, ''))

const LONGEST = 320

/** The text of a simple attribute: what is empty counts as unassigned (RFC 7643, section 2.5). */
export function textOf(path: string, value: unknown): string | null {
	if (value === null || value === undefined || value === '') return null
	const text = typeof value === 'number' ? String(value) : value
	if (typeof text !== 'string') throw invalidValue(`${path} must be a string.`)
	const clean = text.trim().normalize('NFC')
	if (clean.length > LONGEST) throw invalidValue(`${path} must not be longer than ${LONGEST} characters.`)
	// eslint-disable-next-line no-control-regex -- control characters are what is refused
	if (/[\u0000-\u001f\u007f]/.test(clean)) throw invalidValue(`${path} must not hold control characters.`)
	return clean === '' ? null : clean
}

/** A boolean, also as the text that Entra sends ("False"). */
export function booleanOf(path: string, value: unknown): boolean {
	const said = typeof value === 'string' ? value.trim().toLowerCase() : value
	if (said === true || said === 'true') return true
	if (said === false || said === 'false') return false
	throw invalidValue(`${path} must be true or false.`)
}

/** The manager's id, from the text that Entra sends, from a complex value, or from a list with one. */
export function managerOf(path: string, value: unknown): string | null {
	const one: unknown = Array.isArray(value) ? value[0] : value
	return typeof one === 'object' && one !== null
		? textOf(path, (one as { value?: unknown }).value)
		: textOf(path, one)
}

/** The work address among several: the one of type `work`, else the primary one, else the first. */
export function emailOf(path: string, value: unknown): string | null {
	if (value === null || value === undefined) return null
	const list = (Array.isArray(value) ? value : [value]) as unknown[]
	const entries = list.map((entry) => {
		if (typeof entry === 'string') return { value: entry, type: null, primary: false }
		if (typeof entry !== 'object' || entry === null)
			throw invalidValue(`${path} must hold objects with a value.`)
		const { value: address, type, primary } = entry as Record<string, unknown>
		return {
			value: address,
			type: typeof type === 'string' ? type.toLowerCase() : null,
			primary: primary === true || primary === 'true' || primary === 'True',
		}
	})
	const chosen =
		entries.find(({ type }) => type === 'work') ?? entries.find(({ primary }) => primary) ?? entries[0]
	return chosen === undefined ? null : textOf(path, chosen.value)
}
