import { render } from 'preact';
import './styles/tokens.css';
import './styles/diff.css';
import './styles/page.css';
import { App } from './shell/App';
import { keepFocus } from './lib/focus';
import { applyTheme, storedTheme } from './shell/theme';

applyTheme(storedTheme());
const root = document.getElementById('app')!;
keepFocus(root);
render(<App />, root);
