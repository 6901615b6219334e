import { Form } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import type { DeliveryView, WebhookView } from '#app/services/notify/show-delivery.server.ts'
import { AnswerCode } from './mail-delivery.tsx'
import { Button } from './ui/form.tsx'
import { Icon, type IconName } from './ui/icon.tsx'
import { Table } from './ui/table.tsx'
import { Time } from './ui/time.tsx'

const STATES = {
	works: { look: 'badge-active', icon: 'check' },
	failing: { look: 'badge-waiting', icon: 'hourglass' },
	disabled: { look: 'badge-refused', icon: 'cross' },
	ended: { look: 'badge-ended', icon: 'slash' },
} as const satisfies Record<WebhookView['state'], { look: string; icon: IconName }>

/** The places outside that are told, and whether they take it. */
export function WebhookTable({ webhooks }: { webhooks: readonly WebhookView[] }) {
	const { t, format } = useWords()
	return (
		<Table
			caption={t('delivery.webhooks')}
			rows={webhooks}
			keyOf={({ id }) => id}
			empty={t('delivery.webhooksEmpty')}
			columns={[
				{ label: t('delivery.name'), cell: ({ name }) => name },
				{
					label: t('delivery.where'),
					cell: ({ host, format: form }) => (
						<>
							<code>{host}</code>
							<p className="hint">{t(`delivery.format_${form}`)}</p>
						</>
					),
				},
				{
					label: t('delivery.topics'),
					cell: ({ topics }) => topics.map((topic) => t(`delivery.topic_${topic}`)).join('; '),
				},
				{
					label: t('delivery.state'),
					cell: ({ state, failingSince, sent, waiting, dead, overlapUntil }) => (
						<>
							<span className={`badge ${STATES[state].look}`}>
								<Icon name={STATES[state].icon} />
								{t(`delivery.state_${state}`)}
							</span>
							{failingSince !== null && state !== 'ended' ? (
								<p className="hint">{t('delivery.failingSince', { at: format.instant(failingSince) })}</p>
							) : null}
							<p className="hint">{t('delivery.counts', { sent, waiting, dead })}</p>
							{overlapUntil !== null && state !== 'ended' ? (
								<p className="hint">{t('delivery.olderKeyUntil', { at: format.instant(overlapUntil) })}</p>
							) : null}
						</>
					),
				},
			]}
		/>
	)
}

/** What was given up, each to be sent anew. */
export function DeadDeliveries({ deliveries }: { deliveries: DeliveryView['deadDeliveries'] }) {
	const { t } = useWords()
	return (
		<section className="stack">
			<h3>{t('delivery.deadDeliveries')}</h3>
			<Table
				caption={t('delivery.deadDeliveries')}
				rows={deliveries}
				keyOf={({ id }) => id}
				empty={t('delivery.deadDeliveriesEmpty')}
				columns={[
					{
						label: t('delivery.what'),
						cell: ({ kind, number }) => (
							<>
								{number === null ? '' : `R-${number}: `}
								{t(kind === 'test' ? 'notify.webhookTest' : `notify.kind_${kind}`)}
							</>
						),
					},
					{ label: t('delivery.name'), cell: ({ webhook }) => webhook },
					{ label: t('delivery.answer'), cell: ({ code }) => <AnswerCode code={code} /> },
					{ label: t('delivery.made'), cell: ({ madeAt }) => <Time at={madeAt} /> },
					{
						label: t('delivery.act'),
						cell: ({ id, isOpen, webhook }) =>
							isOpen ? (
								<Form method="post">
									<input type="hidden" name="intent" value="resend" />
									<input type="hidden" name="id" value={id} />
									<Button look="small" aria-label={t('delivery.againOne', { what: webhook })}>
										{t('delivery.again')}
									</Button>
								</Form>
							) : null,
					},
				]}
			/>
		</section>
	)
}
