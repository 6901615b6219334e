import { Form } from '@remix-run/react'
import { useWords } from '#app/messages/text.tsx'
import type { WebhookView } from '#app/services/notify/show-delivery.server.ts'
import type { WebhookSecret } from '#app/services/webhooks/manage-webhooks.server.ts'
import { TOPICS, type Topic } from '#workflows/notify/notice-kinds.ts'
import { WEBHOOK_FORMATS } from '#workflows/notify/webhook-body.ts'
import { CopyButton } from './ui/copy-button.tsx'
import { Button, Field, type FormErrors } from './ui/form.tsx'

/** What a receiver verifies with. It is on this page once. */
export function WebhookSecretNotice({ secret: { secret } }: { secret: WebhookSecret }) {
	const { t } = useWords()
	return (
		<section className="notice notice-good stack" role="status">
			<p>
				<strong>{t('delivery.secret')}</strong>
			</p>
			<dl className="facts">
				<dt>{t('delivery.secretLabel')}</dt>
				<dd>
					<code>{secret}</code> <CopyButton text={secret} />
				</dd>
			</dl>
			<p className="hint">{t('delivery.secretHint')}</p>
		</section>
	)
}

/** Changes, tests and takes away each webhook, and sets up another. */
export function WebhookForms({
	hosts,
	webhooks,
	sent,
	topics,
	errors,
}: {
	hosts: readonly string[]
	webhooks: readonly WebhookView[]
	sent: Readonly<Record<string, string>>
	topics: readonly Topic[] | null
	errors: FormErrors
}) {
	const { t } = useWords()
	return (
		<>
			{webhooks.map((webhook) => (
				<ManageWebhook key={webhook.id} webhook={webhook} />
			))}
			{hosts.length === 0 ? (
				<p className="notice">{t('delivery.noHosts')}</p>
			) : (
				<SetUpForm key={webhooks.length} hosts={hosts} sent={sent} topics={topics} errors={errors} />
			)}
		</>
	)
}

function ManageWebhook({ webhook: { id, name, state, dead } }: { webhook: WebhookView }) {
	const { t } = useWords()
	const act = (intent: string, label: string, look: 'plain' | 'danger' = 'plain') => (
		<Form method="post">
			<input type="hidden" name="intent" value={intent} />
			<input type="hidden" name="webhookId" value={id} />
			<Button look={look}>{label}</Button>
		</Form>
	)
	return (
		<details className="card">
			<summary>{t('delivery.manage', { name })}</summary>
			<div className="stack">
				<div className="row">
					{state === 'disabled' ? act('enable', t('delivery.enable')) : act('test', t('delivery.test'))}
					{dead > 0 && state !== 'disabled' ? act('resend_all', t('delivery.resendAll')) : null}
					{act('end', t('delivery.end'), 'danger')}
				</div>
				<Form method="post" className="stack">
					<input type="hidden" name="intent" value="key" />
					<input type="hidden" name="webhookId" value={id} />
					<fieldset className="stack">
						<legend>{t('delivery.newKey')}</legend>
						<label className="choice">
							<input type="radio" name="overlap" value="day" defaultChecked /> {t('delivery.overlap_day')}
						</label>
						<label className="choice">
							<input type="radio" name="overlap" value="none" /> {t('delivery.overlap_none')}
						</label>
					</fieldset>
					<div>
						<Button look="plain">{t('delivery.changeKey')}</Button>
					</div>
				</Form>
			</div>
		</details>
	)
}

function SetUpForm({
	hosts,
	sent,
	topics,
	errors,
}: {
	hosts: readonly string[]
	sent: Readonly<Record<string, string>>
	topics: readonly Topic[] | null
	errors: FormErrors
}) {
	const { t, language } = useWords()
	return (
		<Form method="post" className="card stack">
			<h3>{t('delivery.setUp')}</h3>
			<p className="hint">{t('delivery.setUpHint', { hosts: hosts.join(', ') })}</p>
			<input type="hidden" name="intent" value="create" />
			<Field id="name" label={t('delivery.name')} hint={t('delivery.nameHint')} error={errors.name}>
				{(aria) => <input {...aria} className="input" defaultValue={sent.name} maxLength={80} required />}
			</Field>
			<Field id="url" label={t('delivery.url')} hint={t('delivery.urlHint')} error={errors.url}>
				{(aria) => (
					<input
						{...aria}
						className="input"
						type="url"
						defaultValue={sent.url ?? 'https://'}
						maxLength={2000}
						autoComplete="off"
						spellCheck={false}
						required
					/>
				)}
			</Field>
			<Field id="format" label={t('delivery.format')} error={errors.format}>
				{(aria) => (
					<select {...aria} className="input" defaultValue={sent.format ?? 'standard'}>
						{WEBHOOK_FORMATS.map((format) => (
							<option key={format} value={format}>
								{t(`delivery.format_${format}`)}
							</option>
						))}
					</select>
				)}
			</Field>
			<div className="field">
				<label htmlFor="webhook-language">{t('delivery.language')}</label>
				<select
					className="input"
					id="webhook-language"
					name="language"
					defaultValue={sent.language ?? language}
				>
					<option value="en" lang="en">
						English
					</option>
					<option value="de" lang="de">
						Deutsch
					</option>
				</select>
			</div>
			<fieldset id="topics">
				<legend>
					<strong>{t('delivery.topics')}</strong>
				</legend>
				{errors.topics ? <p className="error">{errors.topics}</p> : null}
				{TOPICS.map((topic) => (
					<label className="choice" key={topic}>
						<input
							type="checkbox"
							name="topics"
							value={topic}
							defaultChecked={
								topics === null ? topic === 'break_glass' || topic === 'alarm' : topics.includes(topic)
							}
						/>{' '}
						{t(`delivery.topic_${topic}`)}
					</label>
				))}
			</fieldset>
			<div>
				<Button>{t('delivery.create')}</Button>
			</div>
		</Form>
	)
}
