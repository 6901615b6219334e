import type { ExplainQuestion } from '#app/services/charter/explain.server.ts'
import type { Charter } from '#workflows/charter/charter.schema.ts'
import { partIn } from '#workflows/charter/eligibility.ts'
import { roleOf } from '#workflows/charter/term.ts'
import { CommandError } from '../command-error.ts'

/**
 * The question as this charter can answer it. What it has no answer to (a role, a facility or a stage that it does not
 * have, an option that says nothing about this part) is refused: a mistyped name must not look like a denial.
 */
export function questionIn(charter: Charter, asked: ExplainQuestion): ExplainQuestion {
	const { role: key, facility, durationSeconds, stage } = asked
	const role = roleOf(charter, key)
	if (role === null) {
		throw new CommandError(
			`The charter has no role "${key}". It has ${Object.keys(charter.roles).join(', ')}.`,
		)
	}
	const part = asked.part ?? partIn(charter, key)
	const takesTime = part === 'requester' || part === 'beneficiary'
	if (part !== 'holder' && !role.access) {
		throw new CommandError(
			`The role "${key}" is held by appointment: nobody asks for it or decides on it. Use --part holder.`,
		)
	}
	if (!takesTime && (facility !== undefined || durationSeconds !== undefined))
		throw new CommandError('--facility and --for are about access: use --part requester or beneficiary.')
	if (part !== 'approver' && stage !== undefined)
		throw new CommandError('--stage is about decisions: use --part approver.')
	const stages = role.access?.stages.length ?? 0
	if (stage !== undefined && stage > stages)
		throw new CommandError(`The role "${key}" has ${stages} stages, and no stage ${stage}.`)
	if (facility !== undefined && !Object.hasOwn(charter.facilities, facility)) {
		throw new CommandError(
			`The charter has no facility "${facility}". It has ${Object.keys(charter.facilities).join(', ')}.`,
		)
	}
	return { ...asked, part }
}
