import type { Tx } from '#db/client.ts'
import { insertNotices, type NewNotice } from '#db/queries/notices.ts'
import { appointedTo } from '#db/queries/people.ts'
import { insertDeliveries, openWebhooks } from '#db/queries/webhooks.ts'
import type { Charter, Duty } from '#workflows/charter/charter.schema.ts'
import { topicOf, urgencyOf, type NoticeKind, type NoticeSubject } from '#workflows/notify/notice-kinds.ts'
import type { Instant } from '#workflows/shared/instants.ts'
import type { Deps } from '../deps.ts'

/** A person by id, or everybody who is appointed to a role with this duty, whether or not they satisfy it now. */
export type Recipient = string | { duty: Duty }

/** Something that people are to be told. */
export type Telling = {
	kind: NoticeKind
	to: readonly Recipient[]
	/** Who knows already, since they did it. */
	except?: string
	/** What it is about; a subject without an id is the page of all of them. */
	about: { type: 'request'; id: string } | { type: NoticeSubject; id: string | null }
	at: Date
	/** Why: a clause, or another reason of a machine; never what facts are. */
	code?: string
	/** By when something must be done, or when something ends. */
	deadline?: Instant | null
	/** The stage of the request that it is about. */
	stage?: number
	/** A name under which each person is told once, however often this is called. */
	once?: string
}

export type NotifyDeps = Pick<Deps, 'newId' | 'charters'>

/**
 * Tells people of something, in the transaction of the step that causes it: a notice for each, which stands in their
 * inbox and is mailed as they prefer, and a delivery for each webhook of its topic. Nothing goes out before the
 * transaction is committed, and nobody waits for it: whatever must happen in time rests on a deadline of its own.
 */
export async function notify(tx: Tx, deps: NotifyDeps, ...tellings: Telling[]): Promise<void> {
	if (tellings.length === 0) return
	const people = await recipientsOf(tx, deps, tellings)
	/** Who has not been told under this name before; null where there is no name. */
	const fresh = new Set<Telling>()
	const plain: NewNotice[] = []
	for (const telling of tellings) {
		const rows = people(telling).map((personId) => noticeOf(deps, telling, personId))
		if (telling.once === undefined) {
			fresh.add(telling)
			plain.push(...rows)
		} else if ((await insertNotices(tx, rows)) > 0) fresh.add(telling)
	}
	await insertNotices(tx, plain)
	const webhooks = await openWebhooks(tx)
	if (webhooks.length === 0) return
	await insertDeliveries(
		tx,
		tellings
			.filter((telling) => fresh.has(telling))
			.flatMap((telling) =>
				webhooks
					.filter(({ topics }) => topics.includes(topicOf(telling.kind)))
					.map(({ id: webhookId }) => ({
						id: deps.newId(),
						webhookId,
						event: eventOf(telling),
						madeAt: telling.at,
					})),
			),
	)
}

async function recipientsOf(tx: Tx, { charters }: NotifyDeps, tellings: readonly Telling[]) {
	const byDuty = new Map<Duty, string[]>()
	const duties = new Set(
		tellings.flatMap(({ to }) => to.flatMap((one) => (typeof one === 'string' ? [] : [one.duty]))),
	)
	const [first] = tellings
	if (duties.size > 0 && first) {
		const { charter } = await charters.inForce(tx)
		for (const duty of duties) byDuty.set(duty, await appointedTo(tx, rolesWith(charter, duty), first.at))
	}
	return ({ to, except }: Telling): string[] => {
		const all = new Set(to.flatMap((one) => (typeof one === 'string' ? [one] : (byDuty.get(one.duty) ?? []))))
		if (except !== undefined) all.delete(except)
		return [...all]
	}
}

const rolesWith = (charter: Charter, duty: Duty) =>
	Object.entries(charter.roles).flatMap(([key, { duties }]) => (duties.includes(duty) ? [key] : []))

function noticeOf(
	{ newId }: NotifyDeps,
	{ kind, about, at, code = '', deadline = null, stage, once }: Telling,
	personId: string,
): NewNotice {
	return {
		id: newId(),
		personId,
		kind,
		urgency: urgencyOf(kind),
		...(about.type === 'request' ? { requestId: about.id } : { subject: about.type, subjectId: about.id }),
		stage: stage ?? null,
		deadline: deadline === null ? null : new Date(deadline),
		code,
		once: once ?? null,
		at,
		mailAt: at,
	}
}

const eventOf = ({ kind, about, at, deadline = null }: Telling) => ({
	kind,
	urgency: urgencyOf(kind),
	subject: about.type,
	subjectId: about.id,
	at: at.toISOString(),
	deadline,
})
