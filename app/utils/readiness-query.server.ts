import { z } from 'zod'
import type { TenantFile } from '#app/services/readiness/tenant-files.ts'
import type { LineFilter } from '#app/services/readiness/views.ts'
import { PROBLEM_KINDS } from '#workflows/tenant/readiness/report.schema.ts'
import { instantField } from './form.server.ts'
import { queryOf } from './http.server.ts'

/** Files of one form, all together: more goes through the command line. */
export const MOST_UPLOADED = 96_000_000

const number = z.coerce.number().int().min(1).max(2_147_483_647)
const position = z.coerce.number().int().min(0).max(10_000_000)
const problem = z.enum(PROBLEM_KINDS)
const verdict = z.enum(['permitted', 'refused', 'unknownPerson', 'notAPerson', 'notGoverned'])
const or = <T extends z.ZodType>(schema: T, value: string | undefined): z.infer<T> | null =>
	value === undefined || value === '' ? null : (schema.safeParse(value).data ?? null)

/** Which report, which of its lines, and where the page begins, as the address says; what it says badly is left out. */
export function readinessQueryOf(request: Request): {
	number: number | null
	filter: LineFilter
	after: number | null
} {
	const query = queryOf(request)
	return {
		number: or(number, query('report')),
		filter: { problem: or(problem, query('problem')), verdict: or(verdict, query('verdict')) },
		after: or(position, query('after')),
	}
}

/** The report that an address names; null where it names none. */
export const reportNumberOf = (request: Request): number | null => or(number, queryOf(request)('report'))

/** A change of a task as its form sends it. */
export const taskForm = z.object({
	id: z.uuid(),
	version: z.coerce.number().int().min(1),
	owner: z.string().trim().max(300).default(''),
	dueOn: z.iso.date('errors.date'),
	note: z.string().trim().max(2000).default(''),
	isDone: z
		.literal('yes')
		.optional()
		.transform((value) => value === 'yes'),
})

/** When exported files were exported, as their form says. */
export const filesForm = z.object({
	readAt: instantField.transform((at, context) => {
		if (at !== null) return at
		context.addIssue({ code: 'custom', message: 'errors.required' })
		return z.NEVER
	}),
})

/** So many bytes they are together. */
export const sizeOf = (files: readonly TenantFile[]) =>
	files.reduce((sum, { bytes }) => sum + bytes.length, 0)

/** The files of a form, by their own names. */
export async function uploadedFiles(form: FormData): Promise<TenantFile[]> {
	const files: TenantFile[] = []
	for (const file of form.getAll('files'))
		if (file instanceof File && file.name !== '')
			files.push({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })
	return files
}
