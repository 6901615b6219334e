import type { Context, Middleware } from '@microsoft/microsoft-graph-client'
import { z } from 'zod'
import { rankOf } from './buckets.ts'
import { urgencyNow } from './urgency.server.ts'

const organisationSchema = z.looseObject({ value: z.array(z.looseObject({ id: z.uuid() })).min(1) })
/** How long an answer that does not say that this is the right tenant stands before it is asked again. */
const ASKED_AGAIN_MS = 60_000

type Answer = 'right' | 'unknown' | { other: string }
type Question = { at: number; rank: number; isAnswered: boolean; answer: Promise<Answer> }

/**
 * Lets nothing through to another tenant than the one that is set: before the first call, what answers is asked which tenant it
 * is. It names another: every call is answered here with 401, which means "not done, later", and nothing is sent. It does not
 * say: the claim in the token is all there is to go by (see `openTokens`). It says so: it is not asked again. The question has the
 * urgency of whoever asks, and somebody more urgent asks anew rather than wait for it.
 */
export class SameTenant implements Middleware {
	readonly #tenant: { graphBaseUrl: string; tenantId: string }
	#next: Middleware | undefined
	#asked: Question | null = null
	#isRight = false

	constructor(tenant: { graphBaseUrl: string; tenantId: string }) {
		this.#tenant = tenant
	}

	setNext(next: Middleware): void {
		this.#next = next
	}

	async execute(context: Context): Promise<void> {
		if (!this.#isRight) {
			const answer = await this.#answerFor(context)
			if (answer === 'right') this.#isRight = true
			else if (answer !== 'unknown') {
				const message = `What answers is tenant ${answer.other}.`
				context.response = Response.json({ error: { code: 'WrongTenant', message } }, { status: 401 })
				return
			}
		}
		await this.#next?.execute(context)
	}

	#answerFor(context: Context): Promise<Answer> {
		const now = performance.now()
		const rank = rankOf(urgencyNow().lane)
		const standing = this.#asked
		const isFresh = standing !== null && now - standing.at <= ASKED_AGAIN_MS
		if (isFresh && (standing.isAnswered || standing.rank <= rank)) return standing.answer
		const answer = this.#ask(context)
		const asked: Question = { at: now, rank, isAnswered: false, answer }
		this.#asked = asked
		void answer.then((said) => {
			asked.isAnswered = true
			// That it is another one stands for everybody, also for who had asked anew and was told nothing.
			if (typeof said !== 'string') this.#asked = asked
		})
		return answer
	}

	/** With the token of the call that is about to be sent. */
	async #ask({ options }: Context): Promise<Answer> {
		const authorization = new Headers(options?.headers).get('authorization') ?? ''
		const asked: Context = {
			request: `${this.#tenant.graphBaseUrl}/v1.0/organization?$select=id`,
			options: { method: 'GET', headers: { authorization } },
		}
		try {
			await this.#next?.execute(asked)
			const answer = asked.response
			if (answer?.status !== 200) return 'unknown'
			const { data } = organisationSchema.safeParse(await answer.json())
			const [one] = data?.value ?? []
			if (one === undefined) return 'unknown'
			return one.id.toLowerCase() === this.#tenant.tenantId.toLowerCase() ? 'right' : { other: one.id }
		} catch {
			// It could not be asked, or did not answer in JSON: the call itself will say why.
			return 'unknown'
		}
	}
}
