import { Form } from '@remix-run/react'
import type { ReactNode } from 'react'
import { useWords } from '#app/messages/text.tsx'
import type { BoundaryChoice } from '#app/services/lockbox/views.ts'
import { CopyButton } from './ui/copy-button.tsx'
import { Button, Field } from './ui/form.tsx'

type Texts = Readonly<Record<string, string>>
type Given = { boundaries: readonly BoundaryChoice[]; errors: Texts; sent: Texts }

/** The form's fields, each of which keeps what was typed. */
function useFields({ errors, sent }: Pick<Given, 'errors' | 'sent'>) {
	return {
		line: (id: string, label: string, more: { hint?: string; type?: string; optional?: boolean } = {}) => (
			<Field id={id} label={label} hint={more.hint} error={errors[id]}>
				{(aria) => (
					<input
						className="input"
						type={more.type ?? 'text'}
						step={more.type === 'datetime-local' ? 60 : more.type === 'number' ? 0.25 : undefined}
						required={more.optional !== true}
						defaultValue={sent[id] ?? ''}
						{...aria}
					/>
				)}
			</Field>
		),
		area: (id: string, label: string, more: { hint?: string; rows?: number; optional?: boolean } = {}) => (
			<Field id={id} label={label} hint={more.hint} error={errors[id]}>
				{(aria) => (
					<textarea
						className="input"
						rows={more.rows ?? 3}
						required={more.optional !== true}
						defaultValue={sent[id] ?? ''}
						{...aria}
					/>
				)}
			</Field>
		),
		select: (id: string, label: string, options: readonly (readonly [string, string])[], hint?: string) => (
			<Field id={id} label={label} hint={hint} error={errors[id]}>
				{(aria) => (
					<select className="input" defaultValue={sent[id] ?? options[0]?.[0] ?? ''} {...aria}>
						{options.map(([value, text]) => (
							<option key={value} value={value}>
								{text}
							</option>
						))}
					</select>
				)}
			</Field>
		),
	}
}

const named = (boundaries: readonly BoundaryChoice[]) =>
	boundaries.map(({ id, name, scope }) => [id, `${name} (${scope})`] as const)

function Frame({
	intent,
	boundaries,
	children,
}: {
	intent: string
	boundaries: Given['boundaries']
	children: ReactNode
}) {
	const { t } = useWords()
	if (boundaries.length === 0) return <p className="notice">{t('lockbox.noBoundaryFor')}</p>
	return (
		<Form method="post" className="card stack">
			<input type="hidden" name="intent" value={intent} />
			{children}
		</Form>
	)
}

/** Microsoft 365: what its command prints is pasted. */
export function LockboxImportForm({ boundaries, errors, sent, command }: Given & { command: string }) {
	const { t } = useWords()
	const own = boundaries.filter(({ provider }) => provider === 'm365')
	const { area, select } = useFields({ errors, sent })
	return (
		<Frame intent="import" boundaries={own}>
			<p>{t('lockbox.importLead')}</p>
			<pre className="code breaks">{command}</pre>
			<CopyButton text={command} />
			{select('boundaryId', t('lockbox.boundary'), named(own))}
			{area('output', t('lockbox.output'), { rows: 10 })}
			<p>
				<Button>{t('lockbox.import')}</Button>
			</p>
		</Frame>
	)
}

/** Any provider without an interface: what it asks is written down. */
export function LockboxHandForm({ boundaries, errors, sent }: Given) {
	const { t } = useWords()
	const own = boundaries.filter(({ isRead }) => !isRead)
	const { line, area, select } = useFields({ errors, sent })
	return (
		<Frame intent="hand" boundaries={own}>
			{select('boundaryId', t('lockbox.boundary'), named(own))}
			{line('providerRequestId', t('lockbox.providerNumber'))}
			{area('cause', t('lockbox.cause'))}
			{line('askedAt', t('lockbox.askedAt'), { type: 'datetime-local' })}
			{line('deadline', t('lockbox.answerBy'), { type: 'datetime-local' })}
			{line('hours', t('lockbox.hours'), { type: 'number', hint: t('lockbox.hoursHint') })}
			{line('type', t('lockbox.type'))}
			{line('reach', t('lockbox.scope'))}
			{area('resources', t('lockbox.resources'), { hint: t('lockbox.resourcesHint'), optional: true })}
			{line('supportRequest', t('lockbox.supportRequest'), { optional: true })}
			<fieldset className="field">
				<legend>{t('lockbox.disclosedLegend')}</legend>
				<p className="hint">{t('lockbox.disclosedHint')}</p>
				{line('name', t('lockbox.name'), { optional: true })}
				{line('country', t('lockbox.country'), { optional: true })}
				{line('clearance', t('lockbox.clearance'), { optional: true })}
			</fieldset>
			<p>
				<Button>{t('lockbox.save')}</Button>
			</p>
		</Frame>
	)
}

/** Somebody of ours asks, for themselves or for somebody else. */
export function LockboxInsideForm({
	boundaries,
	errors,
	sent,
	roles,
	formId,
}: Given & { roles: readonly { key: string; title: string }[]; formId: string }) {
	const { t } = useWords()
	const own = boundaries.filter(({ provider }) => provider === 'other')
	const { line, area, select } = useFields({ errors, sent })
	return (
		<Frame intent="inside" boundaries={own}>
			<input type="hidden" name="formId" value={sent.formId ?? formId} />
			{select('boundaryId', t('lockbox.boundary'), named(own))}
			{line('beneficiary', t('lockbox.beneficiary'), { hint: t('lockbox.beneficiaryHint'), optional: true })}
			{select(
				'role',
				t('lockbox.asRole'),
				roles.map(({ key, title }) => [key, title] as const),
				t('lockbox.roleHint'),
			)}
			{area('cause', t('lockbox.cause'))}
			{line('hours', t('lockbox.hours'), { type: 'number' })}
			{line('type', t('lockbox.type'))}
			{line('reach', t('lockbox.scope'))}
			{area('resources', t('lockbox.resources'), { hint: t('lockbox.resourcesHint'), optional: true })}
			<p>
				<Button>{t('lockbox.ask')}</Button>
			</p>
		</Frame>
	)
}
