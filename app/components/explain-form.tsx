import { Form, useSearchParams } from '@remix-run/react'
import type { ReactNode } from 'react'
import { useWords } from '#app/messages/text.tsx'
import { Button, Field, type FormErrors } from './ui/form.tsx'

type Choices = {
	roles: readonly { key: string; title: string; isRequestable: boolean; stages: number }[]
	facilities: readonly { key: string; title: string }[]
}

/** What the explorer asks: whom, which role, which part, when, and under which version. An address that can be sent. */
export function ExplainForm({
	choices,
	versions,
	errors,
	personName,
}: {
	choices: Choices
	versions: readonly number[]
	errors: FormErrors
	/** The person whom the page shows already. */
	personName: string | undefined
}) {
	const { t } = useWords()
	const [search] = useSearchParams()
	const sent = (name: string) => search.get(name) ?? ''
	const most = Math.max(1, ...choices.roles.map(({ stages }) => stages))
	return (
		<Form className="stack" role="search" key={search.toString()}>
			<div className="fields">
				<Field id="person" label={t('explain.person')} hint={t('explain.personHint')} error={errors.person}>
					{(aria) => (
						<input
							className="input"
							required
							maxLength={120}
							autoComplete="off"
							defaultValue={personName ?? sent('person')}
							{...aria}
						/>
					)}
				</Field>
				<Select id="role" label={t('explain.role')} error={errors.role} value={sent('role')} required>
					<option value="">{t('people.choose')}</option>
					<optgroup label={t('charter.rolesRequest')}>
						{choices.roles
							.filter(({ isRequestable }) => isRequestable)
							.map(({ key, title }) => (
								<option key={key} value={key}>
									{title}
								</option>
							))}
					</optgroup>
					<optgroup label={t('charter.rolesHeld')}>
						{choices.roles
							.filter(({ isRequestable }) => !isRequestable)
							.map(({ key, title }) => (
								<option key={key} value={key}>
									{title}
								</option>
							))}
					</optgroup>
				</Select>
				<Field id="at" label={t('explain.at')} hint={t('explain.atHint')} error={errors.at}>
					{(aria) => <input className="input" type="datetime-local" defaultValue={sent('at')} {...aria} />}
				</Field>
			</div>
			<details open={hasMore(search)}>
				<summary>{t('explain.more')}</summary>
				<div className="fields">
					<Select id="part" label={t('explain.part')} value={sent('part')}>
						<option value="">{t('explain.partOwn')}</option>
						{(['requester', 'beneficiary', 'approver', 'holder'] as const).map((part) => (
							<option key={part} value={part}>
								{t(`explain.${part}`)}
							</option>
						))}
					</Select>
					<Select id="stage" label={t('explain.stage')} hint={t('explain.stageHint')} value={sent('stage')}>
						<option value="">1</option>
						{Array.from({ length: most - 1 }, (_, i) => (
							<option key={i} value={i + 2}>
								{i + 2}
							</option>
						))}
					</Select>
					<Select id="facility" label={t('explain.facility')} value={sent('facility')}>
						<option value="">{t('explain.anyFacility')}</option>
						{choices.facilities.map(({ key, title }) => (
							<option key={key} value={key}>
								{title}
							</option>
						))}
					</Select>
					<Field
						id="minutes"
						label={t('explain.duration')}
						hint={t('explain.durationHint')}
						error={errors.minutes}
					>
						{(aria) => (
							<input
								className="input"
								type="number"
								min={1}
								max={525_600}
								defaultValue={sent('minutes')}
								{...aria}
							/>
						)}
					</Field>
					<Field
						id="knownAt"
						label={t('explain.knownAt')}
						hint={t('explain.knownAtHint')}
						error={errors.knownAt}
					>
						{(aria) => (
							<input className="input" type="datetime-local" defaultValue={sent('knownAt')} {...aria} />
						)}
					</Field>
					<Select id="version" label={t('explain.version')} value={sent('version')}>
						<option value="">{t('explain.versionThen')}</option>
						{versions.map((version) => (
							<option key={version} value={version}>
								{version}
							</option>
						))}
					</Select>
				</div>
				<label className="choice" htmlFor="momentary">
					<input type="checkbox" id="momentary" name="momentary" defaultChecked={search.has('momentary')} />
					{t('explain.momentaryLabel')}
				</label>
			</details>
			<p>
				<Button>{t('explain.ask')}</Button>
			</p>
		</Form>
	)
}

const MORE = ['part', 'stage', 'facility', 'minutes', 'knownAt', 'version', 'momentary']
const hasMore = (search: URLSearchParams) => MORE.some((name) => (search.get(name) ?? '') !== '')

function Select({
	id,
	label,
	hint,
	error,
	value,
	required = false,
	children,
}: {
	id: string
	label: string
	hint?: string
	error?: string | undefined
	value: string
	required?: boolean
	children: ReactNode
}) {
	return (
		<Field id={id} label={label} hint={hint} error={error}>
			{(aria) => (
				<select className="input" defaultValue={value} required={required} {...aria}>
					{children}
				</select>
			)}
		</Field>
	)
}
