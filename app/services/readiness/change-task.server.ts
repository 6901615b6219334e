import type { Reader } from '#db/client.ts'
import { namesOf } from '#db/queries/people.ts'
import { lockTask, saveTask } from '#db/queries/readiness.ts'
import { DomainError } from '#workflows/shared/errors.ts'
import { demand, type Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { recordEntry } from '../record-entry.server.ts'
import { personNamed } from '../vetting/find-person.server.ts'

export type TaskChange = {
	id: string
	/** As it was shown: two who change it at once, one is told. */
	version: number
	/** Full name, user principal name or id; empty: nobody. The name of whoever has it already is always they. */
	owner: string
	/** YYYY-MM-DD */
	dueOn: string
	note: string
	isDone: boolean
}

/**
 * Says who does a task by when, or that it is done; each change is an entry of the record. INVALID_INPUT for the field `owner` where
 * nobody, or more than one, is called so.
 */
export async function changeTask(deps: Deps, actor: Actor, change: TaskChange): Promise<void> {
	demand(actor, 'readiness:manage')
	const at = deps.now()
	await deps.database.withTx(async (tx) => {
		const task = await lockTask(tx, change.id)
		if (task === null) throw new DomainError('NOT_FOUND', 'There is no such task.')
		if (task.version !== change.version)
			throw new DomainError('STALE_VERSION', 'Somebody has changed the task meanwhile.')
		if (task.mendedAt !== null)
			throw new DomainError('TASK_MENDED', 'The last report does not find this any more.')
		const ownerId = await ownerFor(tx, task.ownerId, change.owner)
		// Who did it stays who did it: a note that is added later does not change that.
		const done = change.isDone
			? { doneAt: task.doneAt ?? at, doneBy: task.doneBy ?? actor.personId }
			: { doneAt: null, doneBy: null }
		await saveTask(tx, task.id, {
			ownerId,
			dueOn: change.dueOn,
			note: change.note,
			...done,
			version: task.version + 1,
		})
		await recordEntry(tx, deps, {
			kind: 'readiness.task_changed',
			subject: null,
			actor: actor.personId,
			open: { taskId: task.id, dueOn: change.dueOn, done: change.isDone },
			sealed: { change: { what: task.key, ownerId, note: change.note } },
			at,
		})
	})
	deps.wake()
}

/** Whom a field means: whoever has the task stays, however many are called the same. */
async function ownerFor(reader: Reader, current: string | null, text: string): Promise<string | null> {
	if (current !== null && (await namesOf(reader, [current])).get(current) === text) return current
	return personNamed(reader, 'owner', text)
}
