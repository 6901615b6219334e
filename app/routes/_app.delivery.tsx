import { data, type ActionFunctionArgs, type LoaderFunctionArgs } from '@remix-run/node'
import { useActionData, useLoaderData } from '@remix-run/react'
import type { z } from 'zod'
import { MailDelivery } from '#app/components/mail-delivery.tsx'
import { ErrorSummary } from '#app/components/ui/form.tsx'
import { WebhookForms, WebhookSecretNotice } from '#app/components/webhook-forms.tsx'
import { DeadDeliveries, WebhookTable } from '#app/components/webhook-table.tsx'
import type { Text, TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import type { Actor } from '#app/services/actor.ts'
import type { DeliveryView } from '#app/services/notify/show-delivery.server.ts'
import type { Services } from '#app/services/services.ts'
import type { WebhookSecret } from '#app/services/webhooks/manage-webhooks.server.ts'
import { deliveryForms } from '#app/utils/delivery-forms.server.ts'
import { parseForm } from '#app/utils/form.server.ts'
import { requirePermission } from '#app/utils/guards.server.ts'
import { attempted, handled } from '#app/utils/http.server.ts'
import { useLive } from '#app/utils/use-live.ts'
import { titled } from '#app/utils/page-title.ts'
import { TOPICS, type Topic } from '#workflows/notify/notice-kinds.ts'

export async function loader(args: LoaderFunctionArgs) {
	const actor = await requirePermission(args, 'telling:manage')
	return handled(() => args.context.services.delivery.show(actor))
}

const nothing = {
	errors: {} as Record<string, string>,
	sent: {} as Record<string, string>,
	topics: null as Topic[] | null,
	secret: null as WebhookSecret | null,
	done: null as TextKey | null,
}
type Wanted = z.infer<typeof deliveryForms>

export async function action(args: ActionFunctionArgs) {
	const actor = await requirePermission(args, 'telling:manage')
	const form = await args.request.formData()
	const topics = TOPICS.filter((topic) => form.getAll('topics').includes(topic))
	const read = parseForm(form, deliveryForms)
	if (!read.ok) return data({ ...nothing, errors: read.errors, sent: read.sent, topics }, { status: 422 })
	const done = await attempted(() => perform(args.context.services.delivery, actor, read.value, topics))
	if (done.ok) return data({ ...nothing, ...done.value })
	const { field, problem, code } = done.refusal
	const text =
		problem === 'MISSING'
			? 'delivery.chooseTopics'
			: problem !== null
				? `delivery.${problem}`
				: `errors.${code}`
	return data(
		{ ...nothing, errors: { [field ?? 'form']: text }, sent: read.sent, topics },
		{ status: done.status },
	)
}

/** Does what was asked for, and says what the page tells of it. */
async function perform(
	delivery: Services['delivery'],
	actor: Actor,
	wanted: Wanted,
	topics: readonly Topic[],
): Promise<Partial<typeof nothing>> {
	switch (wanted.intent) {
		case 'create':
			return { secret: await delivery.createWebhook(actor, { ...wanted, topics }) }
		case 'key':
			return { secret: await delivery.changeKey(actor, wanted.webhookId, wanted.overlap) }
		case 'test':
			await delivery.testWebhook(actor, wanted.webhookId)
			return { done: 'delivery.tested' }
		case 'enable':
			await delivery.enableWebhook(actor, wanted.webhookId)
			return { done: 'delivery.enabled' }
		case 'end':
			await delivery.endWebhook(actor, wanted.webhookId)
			return { done: 'delivery.ended' }
		case 'resend_all':
			await delivery.resend(actor, { webhookId: wanted.webhookId })
			return { done: 'delivery.sentAgain' }
		case 'resend':
			await delivery.resend(actor, { id: wanted.id })
			return { done: 'delivery.sentAgain' }
		case 'resend_mail':
			await delivery.resendMail(actor, wanted.id)
			return { done: 'delivery.sentAgain' }
	}
}

export const meta = titled('titles.delivery')

export default function DeliveryPage() {
	const { t, format } = useWords()
	const view = useLoaderData<typeof loader>()
	const answer = useActionData<typeof action>()
	useLive(answer ? null : 5000)
	const { form, ...errors } = Object.fromEntries(
		Object.entries(answer?.errors ?? {}).map(([field, text]) => [field, t(text as TextKey)]),
	)
	return (
		<>
			<h1>{headline(view, t, format.instant)}</h1>
			<ErrorSummary errors={errors} message={form} />
			{answer?.secret ? <WebhookSecretNotice secret={answer.secret} /> : null}
			{answer?.done ? (
				<p className="notice notice-good" role="status">
					{t(answer.done)}
				</p>
			) : null}
			<p className="muted">{t('delivery.lead')}</p>
			<MailDelivery mail={view.mail} />
			<section className="stack">
				<h2>{t('delivery.webhooks')}</h2>
				<p className="muted">{t('delivery.webhooksLead')}</p>
				<WebhookTable webhooks={view.webhooks} />
				{view.deadDeliveries.length > 0 ? <DeadDeliveries deliveries={view.deadDeliveries} /> : null}
				<WebhookForms
					hosts={view.hosts}
					webhooks={view.webhooks.filter(({ state }) => state !== 'ended')}
					sent={answer?.sent ?? {}}
					topics={answer?.topics ?? null}
					errors={errors}
				/>
			</section>
		</>
	)
}

/** One sentence of fact: the worst that is so. */
function headline(
	{ mail, webhooks, deadDeliveries }: DeliveryView,
	t: Text,
	instant: (iso: string) => string,
): string {
	if (mail.trouble) return t('delivery.titleTrouble', { at: instant(mail.trouble.since) })
	if (mail.dead.length > 0 || deadDeliveries.length > 0 || webhooks.some(({ state }) => state === 'disabled'))
		return t('delivery.titleDead')
	if (mail.server === null && webhooks.every(({ state }) => state === 'ended'))
		return t('delivery.titleInbox')
	return t('delivery.titleGood')
}
