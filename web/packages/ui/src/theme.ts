// The look: warm paper, verdigris for what one may do, bronze for what rings. Colours are tuples from light to dark; what they
// mean is said in tokens.css, so that nothing else names a colour by its number.
import type { CSSVariablesResolver, MantineColorsTuple } from '@mantine/core';
import { createTheme } from '@mantine/core';

const verdigris: MantineColorsTuple = [
  '#eef7f4',
  '#d8ece5',
  '#b2d9cb',
  '#88c4b0',
  '#5cb097',
  '#3d947c',
  '#2a7d68',
  '#1f6a58',
  '#195548',
  '#123f36',
];
const bronze: MantineColorsTuple = [
  '#fdf5e9',
  '#f9e7c9',
  '#f1cf97',
  '#e8b363',
  '#de9b3b',
  '#c68124',
  '#a5671a',
  '#855113',
  '#683e10',
  '#4a2c0b',
];
const sand: MantineColorsTuple = [
  '#faf9f6',
  '#f4f2ed',
  '#e8e5dd',
  '#d6d1c6',
  '#b4ada0',
  '#8c8578',
  '#696358',
  '#4e4941',
  '#35322c',
  '#22201c',
];
const coral: MantineColorsTuple = [
  '#fdf0ee',
  '#fadcd8',
  '#f4b6ae',
  '#ec8e82',
  '#e36c5d',
  '#d14c3c',
  '#b63b2c',
  '#952f23',
  '#76271d',
  '#551c15',
];
const dark: MantineColorsTuple = [
  '#e9e6e0',
  '#cbc7bf',
  '#a8a49b',
  '#84817a',
  '#3f4140',
  '#303332',
  '#232625',
  '#1a1c1c',
  '#131515',
  '#0c0e0e',
];

export const theme = createTheme({
  primaryColor: 'verdigris',
  primaryShade: { light: 7, dark: 6 },
  autoContrast: true,
  luminanceThreshold: 0.32,
  colors: { verdigris, bronze, sand, coral, dark, red: coral, gray: sand },
  black: '#22201c',
  fontFamily:
    "'Inter Variable', 'Inter', system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'Noto Sans Arabic', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', 'DejaVu Sans Mono', monospace",
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  lineHeights: { xs: '1.35', sm: '1.4', md: '1.5', lg: '1.5', xl: '1.35' },
  spacing: { xs: '0.5rem', sm: '0.75rem', md: '1rem', lg: '1.5rem', xl: '2rem' },
  radius: { xs: '4px', sm: '6px', md: '8px', lg: '12px', xl: '16px' },
  defaultRadius: 'md',
  headings: {
    fontWeight: '640',
    sizes: { h1: { fontSize: '1.375rem' }, h2: { fontSize: '1.0625rem' }, h3: { fontSize: '0.9375rem' } },
  },
  cursorType: 'pointer',
  respectReducedMotion: true,
  focusRing: 'auto',
  components: {
    Button: { defaultProps: { size: 'sm' } },
    InputWrapper: {
      styles: { label: { marginBlockEnd: 3 }, description: { marginBlockEnd: 5, color: 'var(--c-soft)' } },
    },
    TextInput: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm', comboboxProps: { shadow: 'md' } } },
    Modal: {
      defaultProps: {
        centered: true,
        radius: 'lg',
        overlayProps: { backgroundOpacity: 0.32 },
        styles: {
          title: {
            fontWeight: 640,
            fontSize: '1rem',
            letterSpacing: '-0.01em',
            lineHeight: 1.35,
            overflowWrap: 'anywhere',
            minWidth: 0,
          },
        },
        transitionProps: { transition: 'fade', duration: 120 },
      },
    },
    Drawer: { defaultProps: { overlayProps: { backgroundOpacity: 0.25 }, transitionProps: { duration: 140 } } },
    // Without the placeholder the first item has the focus, and the menu holds nothing but items.
    Menu: {
      defaultProps: {
        shadow: 'md',
        radius: 'md',
        withInitialFocusPlaceholder: false,
        // A menu longer than the room it has scrolls.
        middlewares: { flip: true, shift: true, size: true },
        styles: { dropdown: { overflowY: 'auto' } },
      },
    },
    Tooltip: { defaultProps: { openDelay: 350, withArrow: true, fz: 'xs' } },
    Badge: { defaultProps: { radius: 'sm', tt: 'none', fw: 550 } },
  },
});

// Mantine's own words for what tokens.css calls by ours, so that its components and our panels agree.
export const resolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': 'var(--c-panel)',
    '--mantine-color-text': 'var(--c-ink)',
    '--mantine-color-dimmed': 'var(--c-soft)',
    '--mantine-color-placeholder': 'var(--c-faint)',
    '--mantine-color-default-border': 'var(--c-edge)',
    '--mantine-color-default-hover': 'var(--c-hover)',
    '--mantine-color-error': 'var(--c-bad)',
  },
  dark: {
    '--mantine-color-body': 'var(--c-panel)',
    '--mantine-color-text': 'var(--c-ink)',
    '--mantine-color-dimmed': 'var(--c-soft)',
    '--mantine-color-placeholder': 'var(--c-faint)',
    '--mantine-color-default': 'var(--c-field)',
    '--mantine-color-default-border': 'var(--c-edge)',
    '--mantine-color-default-hover': 'var(--c-hover)',
    '--mantine-color-error': 'var(--c-bad)',
  },
});
