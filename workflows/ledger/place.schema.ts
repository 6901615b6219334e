import { z } from 'zod'
import { id } from './primitives.schema.ts'

/** What is given in Entra ID: a directory role at a scope, or a place in a group; never both, and never neither. */
export const placeParts = {
	entraRoleTemplateId: id.optional(),
	scope: z.string().min(1).max(200).optional(),
	entraGroupId: id.optional(),
	entraRelation: z.enum(['member', 'owner']).optional(),
}
type Parts = {
	entraRoleTemplateId?: string | undefined
	scope?: string | undefined
	entraGroupId?: string | undefined
	entraRelation?: 'member' | 'owner' | undefined
}

/** The whole of one place, and nothing of the other. */
export const isOnePlace = ({ entraRoleTemplateId, scope, entraGroupId, entraRelation }: Parts): boolean =>
	entraRoleTemplateId === undefined
		? scope === undefined && entraGroupId !== undefined && entraRelation !== undefined
		: scope !== undefined && entraGroupId === undefined && entraRelation === undefined

export const isSamePlace = (a: Parts, b: Parts): boolean =>
	a.entraRoleTemplateId === b.entraRoleTemplateId &&
	a.scope === b.scope &&
	a.entraGroupId === b.entraGroupId &&
	a.entraRelation === b.entraRelation
