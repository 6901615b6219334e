import { coarseGroup } from '#workflows/people/coarse-reasons.ts'
import type { ReportLine } from '#workflows/tenant/readiness/report.schema.ts'
import type { Actor } from '../actor.ts'
import type { ToldCode } from './views.ts'

export type ToldLine = Omit<ReportLine, 'codes'> & { codes: ToldCode[] }

/** Lines as this reader may know them: to whoever does not see facts, all reasons about nationality are one. */
export const toldLines = (actor: Actor, lines: readonly ReportLine[]): ToldLine[] =>
	actor.permissions.has('people:values')
		? lines.map((line) => ({ ...line }))
		: lines.map((line) => ({ ...line, codes: [...new Set(line.codes.map(coarseGroup))] }))

/** Whether a line is shown where nobody asked for others: the charter governs it, or something is to be mended of it. */
export const isToldByDefault = ({ roles, problems }: Pick<ReportLine, 'roles' | 'problems'>): boolean =>
	roles.length > 0 || problems.length > 0
