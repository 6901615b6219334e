import { filter as matches, parse } from 'scim2-parse-filter'
import {
	booleanOf,
	CHARTERKEEP,
	CORE,
	emailOf,
	emptyDraft,
	ENTERPRISE,
	isNotKept,
	managerOf,
	textOf,
	TEXTS,
	type Draft,
} from './attributes.ts'
import { invalidValue, ScimError } from './errors.ts'

const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
const MOST_OPERATIONS = 100

type Json = Record<string, unknown>
const isObject = (value: unknown): value is Json =>
	typeof value === 'object' && value !== null && !Array.isArray(value)

/** What POST and PUT send, as a draft. Attributes that are not sent are unassigned; `active` is then true. */
export function readUser(body: unknown): Draft {
	if (!isObject(body)) throw new ScimError(400, 'invalidSyntax', 'The body must be one JSON object.')
	const { schemas } = body
	if (!Array.isArray(schemas) || !schemas.some((urn) => same(urn, CORE)))
		throw new ScimError(400, 'invalidSyntax', `schemas must name ${CORE}.`)
	const draft = emptyDraft()
	// `id` is the server's: what a client sends of it is left out (RFC 7643, section 3.1).
	for (const [path, value] of Object.entries(body))
		if (path.toLowerCase() !== 'id') assign(draft, path, value, 'replace', 'lenient')
	if (draft.userName === null) throw invalidValue('userName is required.')
	return draft
}

/** The operations of a PATCH, one after the other, on a copy of the draft (RFC 7644, section 3.5.2). */
export function patchUser(before: Draft, body: unknown): Draft {
	const draft = { ...before }
	for (const { op, path, value } of readOperations(body)) {
		if (path !== null) assign(draft, path, op === 'remove' ? null : value, op, 'strict')
		else if (!isObject(value))
			throw invalidValue('Without a path, the value must be an object of attributes.')
		else for (const [key, part] of Object.entries(value)) assign(draft, key, part, op, 'strict')
	}
	if (draft.userName === null) throw invalidValue('userName is required and cannot be removed.')
	return draft
}

/** Whether a PATCH may end somebody's employment; what cannot be read is refused later. */
export const touchesActive = (body: unknown) =>
	JSON.stringify(body)?.toLowerCase().includes('active') ?? false

type Operation = { op: 'add' | 'replace' | 'remove'; path: string | null; value: unknown }

function readOperations(body: unknown): Operation[] {
	const syntax = (detail: string) => new ScimError(400, 'invalidSyntax', detail)
	if (!isObject(body)) throw syntax('The body must be one JSON object.')
	if (!Array.isArray(body.schemas) || !body.schemas.some((urn) => same(urn, PATCH_OP)))
		throw syntax(`schemas must name ${PATCH_OP}.`)
	const { Operations: operations } = body
	if (!Array.isArray(operations) || operations.length === 0 || operations.length > MOST_OPERATIONS)
		throw syntax(`Operations must hold 1 to ${MOST_OPERATIONS} operations.`)
	return operations.map((operation: unknown) => {
		if (!isObject(operation)) throw syntax('An operation must be an object.')
		// Entra sends "Add" and "Replace".
		const op = typeof operation.op === 'string' ? operation.op.toLowerCase() : ''
		if (op !== 'add' && op !== 'replace' && op !== 'remove')
			throw syntax('op must be add, replace or remove.')
		const path = operation.path ?? null
		if (path !== null && (typeof path !== 'string' || path === ''))
			throw new ScimError(400, 'invalidPath', 'path must be a string.')
		if (path === null && op === 'remove') throw new ScimError(400, 'noTarget', 'remove needs a path.')
		if (op !== 'remove' && operation.value === undefined)
			throw syntax(`${op} needs a value${path === null ? '' : ` for ${path}`}.`)
		return { op, path, value: operation.value }
	})
}

const PATH = /^(?:(urn:[^[\]]+):)?([a-z$][\w$-]*)(?:\[([^\]]*)\])?(?:\.([a-z$][\w$-]*))?$/i

/** `lenient` leaves out attributes of schemas that are not known here, as POST and PUT may; a PATCH names its target. */
function assign(
	draft: Draft,
	path: string,
	value: unknown,
	op: Operation['op'],
	unknown: 'lenient' | 'strict',
): void {
	for (const extension of [ENTERPRISE, CHARTERKEEP])
		if (same(path, extension)) return assignParts(draft, `${extension}:`, value, op, unknown)
	const [, urn, attribute, valueFilter, part] = PATH.exec(path) ?? []
	if (attribute === undefined) throw new ScimError(400, 'invalidPath', `${path} is no path of an attribute.`)
	const prefix = urn === undefined || same(urn, CORE) ? '' : `${urn}:`
	const name = `${prefix}${attribute}${part === undefined ? '' : `.${part}`}`.toLowerCase()
	const field = valueFilter === undefined ? TEXTS[name] : undefined
	if (field === 'managerId') draft.managerId = managerOf(path, value)
	else if (field !== undefined) draft[field] = textOf(path, value)
	else if (name === 'active' && valueFilter === undefined) draft.active = booleanOf(path, value)
	else if (name === 'name' && valueFilter === undefined) assignParts(draft, 'name.', value, op, unknown)
	else if (prefix === '' && attribute.toLowerCase() === 'emails')
		assignEmail(draft, { path, valueFilter, part: part?.toLowerCase(), value, op })
	else if (name === 'id')
		throw new ScimError(400, 'mutability', 'id is given by this server and never changes.')
	else if (unknown === 'strict' && !isNotKept(name))
		throw new ScimError(400, 'invalidPath', `There is no attribute ${path} here. See /scim/v2/Schemas.`)
}

/** A complex attribute as a whole: only the parts that are named change; removing it removes all. */
function assignParts(
	draft: Draft,
	prefix: string,
	value: unknown,
	op: Operation['op'],
	unknown: 'lenient' | 'strict',
): void {
	if (op === 'remove' || value === null) {
		const known = Object.entries(TEXTS).filter(([path]) => path.startsWith(prefix.toLowerCase()))
		for (const [, field] of known) draft[field] = null
	} else if (!isObject(value)) {
		throw invalidValue(`${prefix.slice(0, -1)} must be an object.`)
	} else {
		for (const [part, inner] of Object.entries(value)) assign(draft, `${prefix}${part}`, inner, op, unknown)
	}
}

/** Of all addresses only the one of type `work` is kept; what is said of others is taken and left out. */
function assignEmail(
	draft: Draft,
	{
		path,
		valueFilter,
		part,
		value,
		op,
	}: {
		path: string
		valueFilter: string | undefined
		part: string | undefined
		value: unknown
		op: Operation['op']
	},
): void {
	if (valueFilter === undefined) {
		if (part !== undefined && part !== 'value') return
		const address = emailOf(path, value)
		if (op !== 'add' || isWork(value) || draft.email === null) draft.email = address
		return
	}
	let isMeant: boolean
	try {
		isMeant = matches(parse(valueFilter))({ type: 'work', primary: true, value: draft.email ?? '' })
	} catch {
		throw new ScimError(400, 'invalidPath', `The filter of ${path} cannot be read.`)
	}
	if (!isMeant) {
		if (/\b(type|primary)\b/i.test(valueFilter)) return
		throw new ScimError(400, 'noTarget', `No address fits ${path}.`)
	}
	if (part === undefined || part === 'value') draft.email = emailOf(path, value)
}

const isWork = (value: unknown) =>
	(Array.isArray(value) ? value : [value]).some((entry) => isObject(entry) && same(entry.type, 'work'))

const same = (value: unknown, text: string) =>
	typeof value === 'string' && value.toLowerCase() === text.toLowerCase()
