import { Form, Link } from '@remix-run/react'
import type { TextKey } from '#app/messages/create-text.ts'
import { useWords } from '#app/messages/text.tsx'
import type { DeliveryView } from '#app/services/notify/show-delivery.server.ts'
import { Button } from './ui/form.tsx'
import { Icon } from './ui/icon.tsx'
import { Table } from './ui/table.tsx'
import { Ago, Time } from './ui/time.tsx'

/** Whether mail gets through, and what was given up. */
export function MailDelivery({ mail }: { mail: DeliveryView['mail'] }) {
	const { t, format } = useWords()
	const { server, isEncrypted, waiting, lastSentAt, trouble, dead } = mail
	return (
		<section className="card">
			<h2>{t('delivery.mail')}</h2>
			{server === null ? (
				<p className="notice">{t('delivery.noServer')}</p>
			) : (
				<>
					{trouble ? (
						<p className="notice notice-bad" role="alert">
							<Icon name="alarm" /> {t('delivery.trouble', { code: trouble.code })}
						</p>
					) : null}
					<dl className="facts">
						<dt>{t('delivery.server')}</dt>
						<dd>
							<code>{server}</code>
						</dd>
						<dt>{t('delivery.way')}</dt>
						<dd>{isEncrypted ? t('delivery.encrypted') : <strong>{t('delivery.plain')}</strong>}</dd>
						<dt>{t('delivery.waiting')}</dt>
						<dd>{format.number(waiting)}</dd>
						<dt>{t('delivery.lastSent')}</dt>
						<dd>{lastSentAt === null ? t('delivery.never') : <Ago at={lastSentAt} />}</dd>
					</dl>
				</>
			)}
			{dead.length > 0 ? (
				<>
					<h3>{t('delivery.deadMails')}</h3>
					<Table
						caption={t('delivery.deadMails')}
						rows={dead}
						keyOf={({ id }) => id}
						empty={t('delivery.deadMailsEmpty')}
						columns={[
							{
								label: t('delivery.person'),
								cell: ({ person }) => <Link to={`/people/${person.id}`}>{person.name}</Link>,
							},
							{ label: t('delivery.answer'), cell: ({ code }) => <AnswerCode code={code} /> },
							{ label: t('delivery.made'), cell: ({ madeAt }) => <Time at={madeAt} /> },
							{
								label: t('delivery.act'),
								cell: ({ id, person }) => (
									<Form method="post">
										<input type="hidden" name="intent" value="resend_mail" />
										<input type="hidden" name="id" value={id} />
										<Button look="small" aria-label={t('delivery.againOne', { what: person.name })}>
											{t('delivery.again')}
										</Button>
									</Form>
								),
							},
						]}
					/>
				</>
			) : null}
		</section>
	)
}

const IN_WORDS = new Set([
	'DISABLED',
	'ENDED',
	'TIMEOUT',
	'NO_ANSWER',
	'ECONNREFUSED',
	'ENOTFOUND',
	'HOST_NOT_CONFIGURED',
])

/** What the other side said last: a status as it is, a known trouble in words. */
export function AnswerCode({ code }: { code: string }) {
	const { t } = useWords()
	if (!IN_WORDS.has(code)) return <code>{code}</code>
	return <>{t((code === 'HOST_NOT_CONFIGURED' ? `delivery.${code}` : `delivery.code_${code}`) as TextKey)}</>
}
