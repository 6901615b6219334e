import type { Instant } from '../shared/instants.ts'
import type { NoticeKind, NoticeSubject, Urgency } from './notice-kinds.ts'

export const WEBHOOK_FORMATS = ['standard', 'teams', 'slack'] as const
export type WebhookFormat = (typeof WEBHOOK_FORMATS)[number]

/** What happened, as others are told of it: what, which, when and where to look. No person, no reason, no role. */
export type WebhookEvent = {
	kind: NoticeKind | 'test'
	urgency: Urgency
	subject: 'request' | NoticeSubject | null
	subjectId: string | null
	/** The number that people say, such as R-204; null where there is none. */
	number: string | null
	at: Instant
	deadline: Instant | null
	link: string
}

/** What a channel of people shows: a sentence, the deadline in words where there is one, and the words on the link. */
export type WebhookWords = { sentence: string; deadline: string | null; open: string }

/**
 * The body of a delivery. `standard` is the envelope that Standard Webhooks proposes (type, timestamp, data); `teams` an
 * Adaptive Card for an incoming webhook or a flow; `slack` a message of blocks. Both of these only lead here: nothing
 * can be decided in a channel.
 */
export function webhookBody(format: WebhookFormat, event: WebhookEvent, words: WebhookWords): unknown {
	const { kind, urgency, subject, subjectId, number, at, deadline, link } = event
	switch (format) {
		case 'standard':
			return { type: kind, timestamp: at, data: { urgency, subject, subjectId, number, deadline, link } }
		case 'teams':
			return {
				type: 'message',
				attachments: [
					{
						contentType: 'application/vnd.microsoft.card.adaptive',
						contentUrl: null,
						content: {
							$schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
							type: 'AdaptiveCard',
							version: '1.4',
							fallbackText: words.sentence,
							body: [
								{ type: 'TextBlock', text: words.sentence, weight: 'Bolder', wrap: true },
								...(words.deadline === null
									? []
									: [{ type: 'TextBlock', text: words.deadline, wrap: true, isSubtle: true }]),
							],
							actions: [{ type: 'Action.OpenUrl', title: words.open, url: link }],
						},
					},
				],
			}
		case 'slack':
			return {
				text: words.sentence,
				blocks: [
					{
						type: 'section',
						text: {
							type: 'plain_text',
							text: words.deadline === null ? words.sentence : `${words.sentence}\n${words.deadline}`,
						},
					},
					{
						type: 'actions',
						elements: [{ type: 'button', text: { type: 'plain_text', text: words.open }, url: link }],
					},
				],
			}
	}
}
